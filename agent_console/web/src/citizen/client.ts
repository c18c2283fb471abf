/** The hotline's web service, as far as a citizen needs it. */

export interface CallbackState {
  id: string
  state: 'waiting' | 'dialling' | 'connected' | 'cancelled' | 'exhausted' | 'superseded'
  number: string
  expected_from: string | null
  expected_text: string
  expected_minutes?: [number, number] | null
  attempts: number
}

export interface WishBody {
  number: string
  language: string
  topic: string | null
  window_from: string | null
  window_to: string | null
  consent: true
  consent_version: string
}

interface Held {
  id: string
  token: string
}

/** An answer that is no success; `status` 0 means that the server was not reached. */
export class Failure extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`)
    this.name = 'Failure'
  }

  /** Whether sending the same again may help. */
  get isRetriable(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

const CURRENT = 'hotline.callback'
const PENDING = 'hotline.callback.pending'
const TIMEOUT_MS = 15_000

async function call<Result>(method: string, path: string, init: RequestInit = {}): Promise<Result> {
  let response: Response
  try {
    response = await fetch(`/api/v1/callbacks${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
    })
  } catch {
    throw new Failure(0)
  }
  if (!response.ok) throw new Failure(response.status)
  return (await response.json()) as Result
}

/**
 * Asks to be called back.
 *
 * The key lives until the service has answered, through a reload too: the same wish sent twice,
 * by a double tap or after a broken connection, is one wish.
 */
export async function ask(body: WishBody): Promise<CallbackState> {
  const text = JSON.stringify(body)
  const key = pendingKey(text)
  try {
    const taken = await call<CallbackState & Held>('POST', '', {
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: text,
    })
    store(CURRENT, { id: taken.id, token: taken.token })
    remove(PENDING)
    return taken
  } catch (error) {
    if (error instanceof Failure && !error.isRetriable) remove(PENDING)
    throw error
  }
}

export function follow(): Promise<CallbackState> {
  return call('GET', address())
}

export function cancel(): Promise<CallbackState> {
  return call('DELETE', address())
}

export function hasCurrent(): boolean {
  return load<Held>(CURRENT) !== null
}

export function forget(): void {
  remove(CURRENT)
}

function address(): string {
  const held = load<Held>(CURRENT)
  if (held === null) throw new Failure(404)
  return `/${encodeURIComponent(held.id)}?token=${encodeURIComponent(held.token)}`
}

function pendingKey(text: string): string {
  const pending = load<{ key: string; text: string }>(PENDING)
  // Only a fingerprint of the wish is kept beside the key, not the number itself.
  const mark = fingerprint(text)
  if (pending !== null && pending.text === mark) return pending.key
  const key = newKey()
  store(PENDING, { key, text: mark })
  return key
}

/** Tells wishes apart and guards nothing, so a short hash will do (FNV-1a). */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16)
}

/** `randomUUID` is missing on plain http pages, where this page must work too. */
function newKey(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(4))
  return `web-${[...numbers].map((number) => number.toString(36)).join('')}`
}

/* Private windows may refuse storage: the page then works without memory. */

function load<Value>(name: string): Value | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Value | null
  } catch {
    return null
  }
}

function store(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Works without.
  }
}

function remove(name: string): void {
  try {
    localStorage.removeItem(name)
  } catch {
    // Nothing was stored.
  }
}
