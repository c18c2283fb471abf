/**
 * What travels between the console and the server: REST bodies and WebSocket messages.
 *
 * The authoritative shapes are `api/shapes/*.py` and `agent_console/protocol.py`; field names are
 * theirs. Times are RFC 3339 strings, durations are seconds unless the name says `_ms`.
 */

export type Role = 'lawyer' | 'supervisor' | 'intake' | 'admin'
export type Language = string
export type Topic = string

export type LawyerState =
  | 'offline'
  | 'available'
  | 'ringing'
  | 'talking'
  | 'wrap_up'
  | 'busy'
  | 'break'
  | 'lost'

export interface User {
  id: string
  name: string
  roles: Role[]
}

export interface SignedIn {
  token: string
  user: User
}

export interface LawyerRow {
  id: string
  name: string
  state: LawyerState
  state_reason: string | null
  state_since: string
  state_until: string | null
  languages: Language[]
  topics: Topic[]
  call_id: string | null
  next_state: LawyerState | null
  missed_offers: number
}

export interface QueueRow {
  entry_id: string
  kind: 'call' | 'callback'
  call_id: string | null
  callback_id: string | null
  position: number
  language: Language
  topic: Topic | null
  priority: number
  waiting_seconds: number
  placed_at: string
  state: string
}

export interface OfferCard {
  offer_id: string
  entry_id: string
  kind: 'call' | 'callback'
  call_id: string | null
  callback_id: string | null
  caller: string | null
  language: Language | null
  topic: Topic | null
  placed_at: string | null
  waited_seconds: number | null
  earlier_tickets: number
  made_at: string
  expires_at: string
  acknowledged_at: string | null
}

export interface CallRow {
  id: string
  direction: 'in' | 'out'
  started_at: string
  answered_at: string | null
  bridged_at: string | null
  ended_at: string | null
  caller: string | null
  language: Language | null
  topic: Topic | null
  state: string
  lawyer: { id: string; name: string } | null
  ticket_id: string | null
  recording_id: string | null
  end_reason: string | null
  rating: number | null
}

export type Speaker = 'caller' | 'lawyer'

export interface Segment {
  id: number | null
  call_id: string
  speaker: Speaker
  start_ms: number
  end_ms: number
  text: string
  final: boolean
}

export interface LegAddress {
  leg_id: string
  call_id: string
  audio_url: string | null
}

export interface SpeechState {
  call_id: string
  speaker: Speaker
  state: 'wanted' | 'live' | 'degraded' | 'unsupported' | 'closed'
  engine: string
}

/** Which engine transcribes a language; `engine` is null when none does. */
export interface SpeechEngine {
  language: Language
  engine: string | null
  model: string | null
  is_live: boolean
}

export interface Ticket {
  id: string
  call_id: string
  status: 'open' | 'wrapping' | 'done'
  language: Language | null
  topic: Topic | null
  matter: string | null
  summary: string
  advice: string
  disposition: string | null
  caller: string | null
  caller_name: string | null
  caller_identity: string | null
  facts: Facts
  legal_aid_informed: boolean
  legal_aid_intent: boolean
  is_confidential: boolean
  rating: number | null
  version: number
  lawyer: { id: string; name: string } | null
  intake_id: string | null
  created_at: string
  updated_at: string
  done_at: string | null
}

export type TicketChanges = Partial<
  Pick<
    Ticket,
    | 'language'
    | 'topic'
    | 'matter'
    | 'summary'
    | 'advice'
    | 'disposition'
    | 'caller_name'
    | 'caller_identity'
    | 'facts'
    | 'legal_aid_informed'
    | 'legal_aid_intent'
    | 'is_confidential'
  >
>

export interface CurrentCall extends CallRow {
  transcript: Segment[]
  ticket: Ticket | null
  leg: LegAddress | null
  speech: SpeechState[]
}

export interface Summary {
  waiting: number
  longest_wait_seconds: number
  offered: number
  answered: number
  abandoned: number
  answered_in_time: number
  service_level_seconds: number
  service_level: number | null
  connected_rate: number | null
  average_wait_seconds: number | null
  average_talk_seconds: number | null
  talking: number
  available: number
  on_duty: number
  callbacks_waiting: number
  at: string
}

export interface Snapshot {
  user: User
  server_time: string
  me: LawyerRow | null
  lawyers: LawyerRow[]
  queue: QueueRow[]
  offer: OfferCard | null
  call: CurrentCall | null
  calls: CallRow[]
  intakes_open: number
  speech: SpeechEngine[]
  summary?: Summary | null
}

/* ---- WebSocket ---- */

interface Envelope<Type extends string, Data> {
  type: Type
  seq: number
  at: string
  data: Data
}

export type ServerMessage =
  | Envelope<'hello', Snapshot>
  | Envelope<'lawyer.changed', LawyerRow>
  | Envelope<'queue.changed', QueueRow[]>
  | Envelope<'offer.made', OfferCard>
  | Envelope<'offer.closed', { offer_id: string; reason: OfferEnd }>
  | Envelope<'call.changed', CallRow>
  | Envelope<'call.ended', CallRow>
  | Envelope<'leg.ready', LegAddress>
  | Envelope<'transcript.segment', Segment>
  | Envelope<'transcript.partial', Segment>
  | Envelope<'speech.changed', SpeechState>
  | Envelope<'ticket.changed', Ticket>
  | Envelope<'intake.changed', IntakeRow>
  | Envelope<'recording.changed', { recording_id: string; call_id: string; state: string }>
  | Envelope<'callback.changed', CallbackRow>
  | Envelope<'summary', Summary>
  | { type: 'pong' }
  | { type: 'reply'; request: number; ok: boolean; data?: unknown; error?: ProblemBody }

export type OfferEnd =
  | 'accepted'
  | 'expired'
  | 'declined'
  | 'unacknowledged'
  | 'caller_gone'
  | 'lawyer_gone'
  | 'superseded'

export type ClientMessage =
  | { type: 'ping' }
  | { type: 'offer.acknowledge'; offer_id: string }
  | { type: 'offer.accept'; offer_id: string; request: number }

export interface Accepted {
  offer_id: string
  call_id: string | null
  callback_id: string | null
  leg_id: string
  audio_url: string
  ticket_id: string | null
}

/* ---- Legal aid ---- */

export type FactValue = string | number | boolean | string[] | null
export type Facts = Record<string, FactValue>

export interface FieldChoice {
  value: string
  label: string
  group?: string | null
}

export interface IntakeField {
  name: string
  label: string
  kind: string
  choices?: FieldChoice[]
  group?: string | null
  hint?: string | null
}

export interface Finding {
  track: string
  possible_tracks: string[]
  means_test: string
  confidence: 'high' | 'medium' | 'low'
  articles: { code: string; number: number; paragraph: number | null; item: number | null; reason: string }[]
  organisation: { rule: string; places: string[] }
  documents: { id: string; text: string }[]
  deadlines: { id: string; text: string; days: number; hours: number; article: string }[]
  overlays: { id: string; text: string; source: string; is_urgent: boolean }[]
  questions: { id: string; text: string; is_decisive: boolean }[]
  reminders: string[]
  alternatives: string[]
  needs_human: true
}

export type IntakeState =
  | 'submitted'
  | 'documents_requested'
  | 'accepted'
  | 'decided_against'
  | 'withdrawn'

export interface IntakeRow {
  id: string
  ticket_id: string
  call_id: string | null
  state: IntakeState
  track: string | null
  matter: string | null
  caller: string | null
  caller_name: string | null
  submitted_by: { id: string; name: string } | null
  submitted_at: string
  due_at: string | null
  is_urgent: boolean
  version: number
}

export interface IntakeStep {
  at: string
  by: { id: string; name: string } | null
  from_state: string
  to_state: string
  note: string
}

export interface Intake extends IntakeRow {
  facts: Facts
  finding: Finding
  reason: string
  decided_by: { id: string; name: string } | null
  decided_at: string | null
  steps: IntakeStep[]
  actions: string[]
}

/* ---- Call-backs ---- */

export interface CallbackRow {
  id: string
  caller: string | null
  source: string
  state: 'waiting' | 'dialling' | 'connected' | 'cancelled' | 'exhausted'
  language: Language
  topic: Topic | null
  window_from: string | null
  window_to: string | null
  next_attempt_at: string | null
  attempts: number
  created_at: string
}

export interface Recording {
  id: string
  call_id: string
  state: 'recording' | 'finished' | 'ready' | 'failed'
  seconds: number | null
  sha256: string | null
}

export interface Page<Row> {
  items: Row[]
  next_cursor: string | null
}

export interface ProblemBody {
  type?: string
  title?: string
  status?: number
  detail?: string
  request_id?: string
  current?: unknown
}
