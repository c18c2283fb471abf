/** The REST client: one function that speaks JSON and problem+json, and the addresses in use. */

import type {
  Accepted,
  CallRow,
  CallbackRow,
  DutyRules,
  Facts,
  Finding,
  Intake,
  IntakeField,
  IntakeRow,
  LawyerState,
  LegAddress,
  Medium,
  Page,
  PartyRow,
  ProblemBody,
  Peaks,
  Recording,
  SignedIn,
  SpeechEngine,
  Summary,
  Supervision,
  TelephoneChoice,
  Ticket,
  TicketChanges,
  TransferTarget,
  User,
  Whom,
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
  /** For uploads, which take longer. */
  timeoutMs?: number
}

export async function request<Result>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Result> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  const isForm = options.body instanceof FormData
  if (options.body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS),
      ...(options.body === undefined
        ? {}
        : { body: isForm ? (options.body as FormData) : JSON.stringify(options.body) }),
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

async function list<Row>(path: string, query: Record<string, string> = {}): Promise<Page<Row>> {
  const words = new URLSearchParams(query).toString()
  return request<Page<Row>>('GET', words === '' ? path : `${path}?${words}`)
}

export const api = {
  signIn: (username: string, password: string) =>
    request<SignedIn>('POST', '/session', { body: { username, password }, quiet: true }),
  signOut: () => request<void>('DELETE', '/session', { quiet: true }),
  me: () => request<User>('GET', '/me', { quiet: true }),

  setLawyerState: (lawyerId: string, state: LawyerState, reason: string) =>
    request<unknown>('PUT', `/lawyers/${lawyerId}/state`, { body: { state, reason } }),
  dutyRules: () => request<DutyRules>('GET', '/lawyers/duty-rules'),
  extendWrapUp: () => request<unknown>('POST', '/lawyers/me/wrap-up/extend'),
  setState: (state: LawyerState, reason: string | null = null) =>
    request<unknown>('PUT', '/lawyers/me/state', { body: { state, reason } }),

  accept: (offerId: string) => request<Accepted>('POST', `/offers/${offerId}/accept`),
  decline: (offerId: string, reason: string) =>
    request<void>('POST', `/offers/${offerId}/decline`, { body: { reason } }),

  calls: (query: Record<string, string> = {}) => list<CallRow>('/calls', query),
  call: (id: string) => request<CallRow>('GET', `/calls/${id}`),
  hangUp: (callId: string) => request<void>('POST', `/calls/${callId}/hang-up`),
  /** `hold`, `resume`, `complete`, `join`, `recording/resume`. */
  control: (callId: string, deed: string) => request<unknown>('POST', `/calls/${callId}/${deed}`),
  reach: (callId: string, deed: 'transfer' | 'consult' | 'parties', whom: Whom) =>
    request<PartyRow>('POST', `/calls/${callId}/${deed}`, { body: whom }),
  toQueue: (callId: string, topic: string | null) =>
    request<unknown>('POST', `/calls/${callId}/transfer-to-queue`, { body: { topic } }),
  /** Mutes or unmutes a party, or the lawyer where none is named. */
  mute: (callId: string, isMuted: boolean, partyId: string | null = null) =>
    request<unknown>('POST', `/calls/${callId}/${isMuted ? 'mute' : 'unmute'}`, {
      body: { party_id: partyId },
    }),
  dropParty: (callId: string, partyId: string) =>
    request<unknown>('DELETE', `/calls/${callId}/parties/${partyId}`),
  pressKeys: (callId: string, digits: string, partyId: string | null) =>
    request<unknown>('POST', `/calls/${callId}/digits`, { body: { digits, party_id: partyId } }),
  pauseRecording: (callId: string, reason: string) =>
    request<unknown>('POST', `/calls/${callId}/recording/pause`, { body: { reason } }),
  refuseRecording: (callId: string) =>
    request<unknown>('POST', `/calls/${callId}/recording/refuse`),
  supervise: (callId: string, mode: Supervision) =>
    request<LegAddress>('POST', `/calls/${callId}/supervision`, { body: { mode } }),
  changeSupervision: (callId: string, mode: Supervision) =>
    request<unknown>('PUT', `/calls/${callId}/supervision`, { body: { mode } }),
  endSupervision: (callId: string) => request<unknown>('DELETE', `/calls/${callId}/supervision`),
  acceptInvitation: (id: string) => request<LegAddress>('POST', `/invitations/${id}/accept`),
  declineInvitation: (id: string) => request<void>('POST', `/invitations/${id}/decline`),
  directory: () => list<TransferTarget>('/directory'),
  telephone: () => request<TelephoneChoice>('GET', '/lawyers/me/telephone'),
  chooseTelephone: (medium: Medium, number: string | null) =>
    request<TelephoneChoice>('PUT', '/lawyers/me/telephone', { body: { medium, number } }),
  leg: (callId: string) => request<LegAddress>('GET', `/calls/${callId}/leg`),
  earlierTickets: (callId: string) => list<Ticket>(`/calls/${callId}/earlier-tickets`),

  tickets: (query: Record<string, string> = {}) => list<Ticket>('/tickets', query),
  ticket: (id: string) => request<Ticket>('GET', `/tickets/${id}`),
  saveTicket: (id: string, version: number, changes: TicketChanges) =>
    request<Ticket>('PATCH', `/tickets/${id}`, { body: { version, ...changes } }),
  finishTicket: (id: string) => request<Ticket>('POST', `/tickets/${id}/finish`),

  intakeFields: async () =>
    (await request<{ fields: IntakeField[] }>('GET', '/intake-fields')).fields,
  finding: (ticketId: string, facts: Facts) =>
    request<Finding>('POST', `/tickets/${ticketId}/finding`, { body: { facts } }),
  handToIntake: (ticketId: string, facts: Facts) =>
    request<Intake>('POST', `/tickets/${ticketId}/intake`, { body: { facts } }),

  intakes: (query: Record<string, string> = {}) => list<IntakeRow>('/intakes', query),
  intake: (id: string) => request<Intake>('GET', `/intakes/${id}`),
  moveIntake: (id: string, action: string, body: Record<string, unknown>) =>
    request<Intake>('POST', `/intakes/${id}/${action}`, { body }),

  recording: (id: string) => request<Recording>('GET', `/recordings/${id}`),
  peaks: (id: string) => request<Peaks>('GET', `/recordings/${id}/peaks`),
  cancelCallback: (id: string) => request<unknown>('DELETE', `/callbacks/${id}`),
  callbacks: (query: Record<string, string> = {}) => list<CallbackRow>('/callbacks', query),
  speech: () => list<SpeechEngine>('/speech'),
  summary: () => request<Summary>('GET', '/summary'),
}
