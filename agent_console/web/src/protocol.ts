/**
 * What travels between the console and the server: REST bodies and WebSocket messages.
 *
 * The authoritative shapes are `hotline/views/*.py` and `agent_console/protocol.py`; field names
 * are theirs. Times are RFC 3339 strings, durations are seconds unless the name says `_ms`.
 */

export type Role = 'lawyer' | 'supervisor' | 'intake' | 'admin'
export type Language = string
export type Topic = string

export type LawyerState =
  | 'offline'
  | 'available'
  | 'reserved'
  | 'ringing'
  | 'talking'
  | 'holding'
  | 'wrap_up'
  | 'busy'
  | 'break'
  | 'lost'

export interface User {
  id: string
  name: string
  username: string
  roles: Role[]
}

/** Somebody who works with the hotline, as others see them. */
export interface Person {
  id: string
  name: string
}

export interface SignedIn {
  token: string
  user: User
}

export interface LawyerRow {
  id: string
  name: string
  state: LawyerState
  reason: string | null
  since: string
  until: string | null
  languages: Language[]
  topics: Topic[]
  call_id: string | null
  next_state: LawyerState | null
  /** Why the break that comes next: a key of the rules of duty, or words. */
  next_reason: string | null
  missed_offers: number
  /** Who set the state, if neither the lawyer nor the server. */
  by: Person | null
  wrap_up_extensions: number
}

export interface BreakReason {
  key: string
  zh: string
  en: string
  minutes: number
}

/** hotline.views.people.DutyShape */
export interface DutyRules {
  wrap_up_extensions: number
  wrap_up_extension_seconds: number
  breaks: BreakReason[]
}

export interface QueueRow {
  id: string
  /** From 1, among those who need the same language. */
  position: number
  kind: 'call' | 'callback'
  call_id: string | null
  callback_id: string | null
  caller: string | null
  language: Language
  topic: Topic | null
  priority: number
  state: 'waiting' | 'offered'
  placed_at: string
  entered_at: string
  waiting_seconds: number
  offered_to: string | null
}

/** What a caller said instead of waiting; `text` is empty where nothing was understood. */
export interface LeftMessage {
  recording_id: string
  call_id: string
  seconds: number
  audio_url: string
  text: string
}

export interface OfferCard {
  id: string
  entry_id: string
  kind: 'call' | 'callback'
  call_id: string | null
  callback_id: string | null
  caller: string | null
  language: Language
  topic: Topic | null
  priority: number
  placed_at: string
  entered_at: string
  waited_seconds: number
  earlier_contacts: number
  made_at: string
  expires_at: string
  acknowledged_at: string | null
  /** The lawyer does not speak the caller's language. */
  needs_interpreter: boolean
  message: LeftMessage | null
}

export type Supervision = 'listen' | 'whisper' | 'barge'
export type Purpose = 'consult' | 'join' | 'transfer' | Supervision

/** Somebody in a call beside the caller and its lawyer. */
export interface PartyRow {
  id: string
  kind: 'phone' | 'lawyer' | 'supervisor'
  purpose: Purpose
  state: 'ringing' | 'talking' | 'closed'
  label: string
  user: Person | null
  created_at: string
  answered_at: string | null
  closed_at: string | null
  end_reason: string | null
  /** Nobody hears them. */
  is_muted: boolean
}

/** A colleague asks this lawyer into a call. */
export interface Invitation {
  id: string
  call_id: string
  purpose: Purpose
  inviter: Person | null
  caller: string | null
  language: Language | null
  topic: Topic | null
  created_at: string
  expires_at: string
}

/** A line of the directory that calls can be transferred to. */
export interface TransferTarget {
  id: string
  kind: 'emergency' | 'government' | 'legal' | 'interpreter' | 'other'
  name: string
  name_en: string
  number: string
  note: string
}

/** Whom to reach: exactly one of these. */
export interface Whom {
  number?: string
  directory_id?: string
  lawyer_id?: string
}

export type Medium = 'browser' | 'number' | 'sip_phone'

/** Where a lawyer takes calls; the number is masked. */
export interface TelephoneChoice {
  medium: Medium
  number: string | null
}

export interface CallRow {
  id: string
  direction: string
  state: string
  caller: string | null
  language: Language | null
  topic: Topic | null
  lawyer: Person | null
  started_at: string
  answered_at: string | null
  bridged_at: string | null
  ended_at: string | null
  end_reason: string | null
  rating: number | null
  ticket_id: string | null
  recording_id: string | null
  callback_id: string | null
  parties: PartyRow[]
  recording: 'none' | 'running' | 'paused'
  /** Since when nothing of the call is kept; `lawyer` is null where the caller pressed the key. */
  recording_refused: { at: string; lawyer: Person | null } | null
  /** Nobody hears the lawyer: muted at the server, as lawyers on telephones are. */
  is_lawyer_muted: boolean
}

export type Speaker = 'caller' | 'lawyer'

/** A final piece of transcript; times are milliseconds on the recording's clock. */
export interface Segment {
  id: number
  speaker: Speaker
  start_ms: number
  end_ms: number
  text: string
  final: boolean
  language?: Language
  confidence?: number | null
  source?: string
}

/** What is being said at this moment; replaced by a segment. */
export interface PartialSegment {
  call_id: string
  speaker: Speaker
  start_ms: number
  end_ms: number
  text: string
  final: false
}

/** A leg of one's own; there is no address for a telephone that the server dials. */
export interface LegAddress {
  leg_id: string
  medium: Medium
  audio_url: string | null
}

/** How one side of a call is being transcribed. */
/** What live transcription missed and nobody has filled yet. */
export interface TranscriptGap {
  speaker: Speaker
  start_ms: number
  end_ms: number
}

export interface SpeechStream {
  id: number
  speaker: Speaker
  language: Language
  state: 'wanted' | 'live' | 'without_partials' | 'by_utterance' | 'degraded' | 'unsupported' | 'closed'
  engine: string
  gaps: TranscriptGap[]
}

/** Which engine transcribes a language; `engine` is null when none does. */
export interface SpeechEngine {
  language: Language
  engine: string | null
}

export interface Ticket {
  id: string
  /** Ten digits that the caller types on the telephone to ask how the matter stands. */
  number: string | null
  call_id: string
  status: 'open' | 'wrapping' | 'done'
  language: Language | null
  topic: Topic | null
  matter: string | null
  summary: string
  advice: string
  disposition: string | null
  caller: string | null
  caller_name: string
  caller_identity: string
  /** Fields in which something is hidden from this reader; what comes back unchanged is kept. */
  masked: string[]
  facts: Facts
  legal_aid_informed: boolean
  legal_aid_intent: boolean
  is_confidential: boolean
  rating: number | null
  version: number
  lawyer: Person | null
  intake_id: string | null
  intake_state: IntakeState | null
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

export type InsightKind = 'topic' | 'fact' | 'legal_aid' | 'deadline' | 'risk' | 'language'

/** Something noticed in the caller's words: the clause it rests on, and what people made of it. */
export interface Insight {
  id: number
  call_id: string
  kind: InsightKind
  key: string
  value: string
  quote: string
  start_ms: number
  end_ms: number
  confidence: number
  article: string
  hint: string
  classes: string[]
  topic: Topic | null
  matter: string | null
  script: { steps: string[]; lines: { number: string; name: string }[] } | null
  state: 'proposed' | 'confirmed' | 'dismissed'
  decided_by: Person | null
  decided_at: string | null
  acknowledged_by: Person | null
  acknowledged_at: string | null
  created_at: string
}

/** The call a lawyer is in, or is writing up. */
export interface CurrentCall extends CallRow {
  leg_id: string | null
  leg_state: string | null
  leg_medium: Medium | null
  earlier_contacts: number
  ticket: Ticket | null
  transcript: Segment[]
  speech: SpeechStream[]
  insights: Insight[]
}

/** The figures of the day; shares are 0 to 1, or null while there is nothing to share. */
/** One way to the telephone network, as a telephone process last told of it. */
export interface TrunkNow {
  name: string
  health: 'unknown' | 'up' | 'degraded' | 'down'
  registration: string | null
  calls: number
  max_calls: number | null
}

export interface Summary {
  at: string
  day_from: string
  waiting: number
  longest_wait_seconds: number
  calls_now: number
  calls_today: number
  entered: number
  answered: number
  abandoned: number
  service_level_seconds: number
  service_level: number | null
  connected_rate: number | null
  average_wait_seconds: number | null
  average_talk_seconds: number | null
  lawyers_on_duty: number
  lawyers_available: number
  lawyers_talking: number
  callbacks_waiting: number
  intakes_open: number
  intakes_today: number
  trunks: TrunkNow[]
  /** What every caller hears now. */
  announcements?: string[]
  /** Why calls are led by another flow than the active one. */
  flow_problems?: string[]
  forecasts?: number
  forecasts_in_range?: number | null
  forecasts_not_later?: number | null
  forecast_error_seconds?: number | null
}

export interface Snapshot {
  resumed: false
  user: User
  server_time: string
  me: LawyerRow | null
  lawyers: LawyerRow[]
  queue: QueueRow[]
  offer: OfferCard | null
  invitation: Invitation | null
  call: CurrentCall | null
  calls: CallRow[]
  intakes_open: number
  risks: Insight[]
  summary: Summary | null
}

/** The hello of a connection that goes on where the page stopped. */
export interface Resumed {
  resumed: true
  user: User
  server_time: string
}

/* ---- WebSocket ---- */

interface Envelope<Type extends string, Data> {
  type: Type
  seq: number
  at: string
  data: Data
}

export type ServerMessage =
  | Envelope<'hello', Snapshot | Resumed>
  | Envelope<'lawyer.changed', LawyerRow>
  | Envelope<'queue.changed', { queue: QueueRow[] }>
  | Envelope<'offer.made', OfferCard>
  | Envelope<'offer.closed', { offer_id: string; reason: OfferEnd }>
  | Envelope<'invitation.made', Invitation>
  | Envelope<'invitation.closed', { invitation_id: string; reason: string }>
  | Envelope<'call.changed', CallRow>
  | Envelope<'call.ended', CallRow>
  | Envelope<LegEvent, { leg_id: string; call_id: string }>
  | Envelope<'transcript.segment', Segment & { call_id: string }>
  | Envelope<'transcript.partial', PartialSegment>
  | Envelope<'speech.changed', { call_id: string; streams: SpeechStream[] }>
  | Envelope<'insight.changed', Insight>
  | Envelope<'ticket.changed', Ticket>
  | Envelope<'intake.changed', IntakeRow>
  | Envelope<'recording.changed', Recording>
  | Envelope<'callback.changed', CallbackRow>
  | Envelope<'rota.changed', { shift_id: string }>
  | Envelope<'summary', Summary>
  | { type: 'pong'; seq: number; at: string }
  | { type: 'reply'; request: number; ok: true; data: unknown }
  | { type: 'reply'; request: number; ok: false; error: ProblemBody }
  | { type: 'error'; detail: string }

export type LegEvent = 'leg.ready' | 'leg.connected' | 'leg.disconnected' | 'leg.closed'

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

export interface Accepted {
  call_id: string
  callback_id: string | null
  leg_id: string
  audio_url: string | null
  ticket_id: string | null
}

/* ---- Legal aid ---- */

export type FactValue = string | number | boolean | string[] | null
export type Facts = Record<string, FactValue>

export interface FieldChoice {
  value: string
  label: string
  group: string
}

/** One field of the legal-aid form; null stands for "not asked" in every kind but text. */
export interface IntakeField {
  name: string
  label: string
  question: string
  kind: 'choice' | 'flags' | 'yes_no' | 'number' | 'text'
  group: string
  choices: FieldChoice[]
}

export interface FindingArticle {
  code: string
  number: number
  paragraph: number | null
  item: number | null
  reason: string
}

export interface Finding {
  track: string
  possible_tracks: string[]
  means_test: string
  confidence: 'high' | 'medium' | 'low'
  articles: FindingArticle[]
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

export type IntakeAction =
  | 'request_documents'
  | 'supply_documents'
  | 'accept'
  | 'decide_against'
  | 'withdraw'
  | 'lapse'

export interface IntakeRow {
  id: string
  ticket_id: string
  call_id: string
  state: IntakeState
  caller: string | null
  topic: Topic | null
  matter: string | null
  track: string | null
  submitted_by: Person | null
  submitted_at: string
  due_at: string | null
  decided_by: Person | null
  decided_at: string | null
  reason: string
  version: number
  actions: IntakeAction[]
}

export interface IntakeStep {
  at: string
  by: Person | null
  from_state: string
  to_state: string
  note: string
}

export interface Intake extends IntakeRow {
  facts: Facts
  finding: Finding
  steps: IntakeStep[]
  ticket: Ticket
}

/* ---- Recordings and call-backs ---- */

/** How loud both sides of a recording were, 0 to 100. */
export interface Peaks {
  per_second: number
  caller: number[]
  lawyer: number[]
}

export interface Recording {
  id: string
  call_id: string
  state: 'recording' | 'finished' | 'ready' | 'failed' | 'erased'
  seconds: number | null
  media_type: string
  audio_url: string | null
  error: string | null
  started_at: string
}

export interface CallbackRow {
  id: string
  state: 'waiting' | 'dialling' | 'connected' | 'cancelled' | 'exhausted' | 'superseded'
  source: string
  number: string | null
  language: Language
  topic: Topic | null
  window_from: string | null
  window_to: string | null
  created_at: string
  next_attempt_at: string | null
  attempts: number
  last_result: string | null
  closed_at: string | null
  closed_reason: string | null
  placed_at: string
  position: number | null
  message: LeftMessage | null
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
  /** Which of several causes of a 409 it is. */
  reason?: string
  /** What is wrong with each field, for a 422. */
  errors?: { field: string; message: string }[]
}
