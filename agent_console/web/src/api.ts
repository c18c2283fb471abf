/** The REST client: one function that speaks JSON and problem+json, and the addresses in use. */

import type {
  Accepted,
  CallRow,
  CallbackRow,
  Facts,
  Finding,
  Intake,
  IntakeField,
  IntakeRow,
  LawyerState,
  LegAddress,
  Page,
  ProblemBody,
  Segment,
  SignedIn,
  Summary,
  Ticket,
  TicketChanges,
  User,
} from '@/protocol'

const REQUEST_TIMEOUT_MS = 10_000

/** An answer that is not a success; `status` 0 means that the server was not reached at all. */
export class Problem extends Error {
  readonly status: number
  readonly body: ProblemBody
  readonly retryAfterSeconds: number | null

  constructor(status: number, body: ProblemBody, retryAfterSeconds: number | null = null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`)
    this.name = 'Problem'
    this.status = status
    this.body = body
    this.retryAfterSeconds = retryAfterSeconds
  }

  get isOffline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

/** Called when the server no longer knows who we are, so that the app can ask to sign in again. */
let onSignedOut: () => void = () => {}

export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

interface RequestOptions {
  body?: unknown
  headers?: Record<string, string>
  /** A 401 to a sign-in is an answer, not the end of a session. */
  quiet?: boolean
}

export async function request<Result>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Result> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
  } catch {
    throw new Problem(0, { title: 'network' })
  }
  if (response.ok) {
    return (response.status === 204 ? undefined : await response.json()) as Result
  }
  const problem = await readProblem(response)
  if (response.status === 401 && !options.quiet) onSignedOut()
  throw problem
}

async function readProblem(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After'))
  let body: ProblemBody = { title: response.statusText, status: response.status }
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    // A proxy's HTML page: the status says enough.
  }
  body.request_id ??= response.headers.get('X-Request-ID') ?? undefined
  return new Problem(response.status, body, retryAfter > 0 ? retryAfter : null)
}

/** Lists come as `{items}` or under a name of their own; the rows are what matters here. */
function rows<Row>(answer: Page<Row> | Row[]): Row[] {
  return Array.isArray(answer) ? answer : answer.items
}

export const api = {
  signIn: (username: string, password: string) =>
    request<SignedIn>('POST', '/session', { body: { username, password }, quiet: true }),
  signOut: () => request<void>('DELETE', '/session', { quiet: true }),
  me: () => request<User>('GET', '/me', { quiet: true }),

  setState: (state: LawyerState, reason: string | null = null) =>
    request<unknown>('PUT', '/lawyers/me/state', { body: { state, reason } }),

  accept: (offerId: string) => request<Accepted>('POST', `/offers/${offerId}/accept`),
  decline: (offerId: string, reason: string) =>
    request<void>('POST', `/offers/${offerId}/decline`, { body: { reason } }),

  calls: async (cursor: string | null = null, limit = 50) =>
    request<Page<CallRow>>(
      'GET',
      `/calls?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    ),
  call: (id: string) => request<CallRow>('GET', `/calls/${id}`),
  hangUp: (callId: string) => request<void>('POST', `/calls/${callId}/hang-up`),
  leg: (callId: string) => request<LegAddress>('GET', `/calls/${callId}/leg`),
  transcript: (callId: string) =>
    request<{ segments: Segment[] }>('GET', `/calls/${callId}/transcript`),
  earlierTickets: async (callId: string) =>
    rows(await request<Page<Ticket> | Ticket[]>('GET', `/calls/${callId}/earlier-tickets`)),

  ticket: (id: string) => request<Ticket>('GET', `/tickets/${id}`),
  saveTicket: (id: string, version: number, changes: TicketChanges) =>
    request<Ticket>('PATCH', `/tickets/${id}`, { body: { version, ...changes } }),
  finishTicket: (id: string) => request<Ticket>('POST', `/tickets/${id}/finish`),

  intakeFields: async () => {
    const answer = await request<{ fields: IntakeField[] } | IntakeField[]>('GET', '/intake-fields')
    return Array.isArray(answer) ? answer : answer.fields
  },
  finding: (ticketId: string, facts: Facts) =>
    request<Finding>('POST', `/tickets/${ticketId}/finding`, { body: { facts } }),
  handToIntake: (ticketId: string, facts: Facts) =>
    request<Intake>('POST', `/tickets/${ticketId}/intake`, { body: { facts } }),

  intakes: async (state: string) =>
    rows(
      await request<Page<IntakeRow> | IntakeRow[]>(
        'GET',
        `/intakes${state === '' ? '' : `?state=${state}`}`,
      ),
    ),
  intake: (id: string) => request<Intake>('GET', `/intakes/${id}`),
  moveIntake: (id: string, action: string, body: Record<string, unknown>) =>
    request<Intake>('POST', `/intakes/${id}/${action}`, { body }),

  callbacks: async () => rows(await request<Page<CallbackRow> | CallbackRow[]>('GET', '/callbacks')),
  summary: () => request<Summary>('GET', '/summary'),
}
