/** PURE: what the page knows, and how each message from the server changes it. */

import type {
  CallRow,
  CurrentCall,
  Insight,
  Invitation,
  LawyerRow,
  LegEvent,
  OfferCard,
  OfferEnd,
  PartialSegment,
  QueueRow,
  Segment,
  ServerMessage,
  Snapshot,
  Speaker,
  SpeechStream,
  Summary,
  Ticket,
  User,
} from '@/protocol'

export interface ClosedOffer {
  offer_id: string
  reason: OfferEnd
  at: string
}

export interface View {
  /** Number of the newest message applied; 0 before the first snapshot. */
  seq: number
  isReady: boolean
  user: User | null
  me: LawyerRow | null
  lawyers: LawyerRow[]
  queue: QueueRow[]
  /** When `queue` was true, so that waiting times can go on counting. */
  queueAt: string
  offer: OfferCard | null
  closedOffer: ClosedOffer | null
  invitation: Invitation | null
  call: CurrentCall | null
  partials: Partial<Record<Speaker, PartialSegment>>
  /** A ticket that was told of before its call: accepting an offer opens the ticket first. */
  earlyTicket: Ticket | null
  calls: CallRow[]
  intakesOpen: number
  /** Dangers that nobody has acknowledged, newest first. */
  risks: Insight[]
  summary: Summary | null
  /** Counts changes of lists that pages load by REST, so that they know when to look again. */
  revisions: { intakes: number; recordings: number; callbacks: number; rota: number }
}

export function emptyView(): View {
  return {
    seq: 0,
    isReady: false,
    user: null,
    me: null,
    lawyers: [],
    queue: [],
    queueAt: '',
    offer: null,
    closedOffer: null,
    invitation: null,
    call: null,
    partials: {},
    earlyTicket: null,
    calls: [],
    intakesOpen: 0,
    risks: [],
    summary: null,
    revisions: { intakes: 0, recordings: 0, callbacks: 0, rota: 0 },
  }
}

/** Things of the moment carry the number of the last event, and are never repeated. */
const OF_THE_MOMENT = new Set(['transcript.partial', 'summary'])

/**
 * Applies one message to the view.
 *
 * @returns Whether the message was applied; false for one that the view already holds.
 */
export function apply(view: View, message: ServerMessage): boolean {
  if (message.type === 'pong' || message.type === 'reply' || message.type === 'error') return false
  if (message.type === 'hello') {
    // A connection that resumes tells only what was missed, in the messages that follow.
    if (!message.data.resumed) begin(view, message.data, message.seq)
    return true
  }
  if (!OF_THE_MOMENT.has(message.type)) {
    if (message.seq <= view.seq) return false
    view.seq = message.seq
  }
  change(view, message)
  return true
}

function begin(view: View, snapshot: Snapshot, seq: number): void {
  view.seq = seq
  view.isReady = true
  view.user = snapshot.user
  view.me = snapshot.me
  view.lawyers = snapshot.lawyers
  view.queue = snapshot.queue
  view.queueAt = snapshot.server_time
  view.offer = snapshot.offer
  view.invitation = snapshot.invitation
  view.call = snapshot.call
  view.partials = {}
  view.calls = snapshot.calls
  view.intakesOpen = snapshot.intakes_open
  view.risks = snapshot.risks
  view.summary = snapshot.summary
  view.revisions.intakes += 1
  view.revisions.recordings += 1
  view.revisions.callbacks += 1
  view.revisions.rota += 1
}

type Change = Exclude<
  ServerMessage,
  { type: 'hello' } | { type: 'pong' } | { type: 'reply' } | { type: 'error' }
>

function change(view: View, message: Change): void {
  switch (message.type) {
    case 'lawyer.changed':
      changeLawyer(view, message.data)
      break
    case 'queue.changed':
      view.queue = message.data.queue
      view.queueAt = message.at
      break
    case 'offer.made':
      view.offer = message.data
      view.closedOffer = null
      break
    case 'offer.closed':
      if (view.offer?.id !== message.data.offer_id) break
      view.offer = null
      view.closedOffer = { ...message.data, at: message.at }
      break
    case 'invitation.made':
      view.invitation = message.data
      break
    case 'invitation.closed':
      if (view.invitation?.id === message.data.invitation_id) view.invitation = null
      break
    case 'call.changed':
    case 'call.ended':
      changeCall(view, message.data)
      break
    case 'leg.ready':
    case 'leg.connected':
    case 'leg.disconnected':
    case 'leg.closed':
      if (view.call?.id === message.data.call_id) changeLeg(view.call, message.type, message.data)
      break
    case 'transcript.segment':
      if (view.call?.id === message.data.call_id) addSegment(view, view.call, message.data)
      break
    case 'transcript.partial':
      // A word may still be on its way when the caller refuses, or when its sentence is final; it is
      // not shown.
      if (
        view.call?.id === message.data.call_id &&
        view.call.recording_refused === null &&
        !isFinal(view.call, message.data)
      ) {
        view.partials[message.data.speaker] = message.data
      }
      break
    case 'speech.changed':
      if (view.call?.id === message.data.call_id) view.call.speech = message.data.streams
      break
    case 'insight.changed':
      changeInsight(view, message.data)
      break
    case 'ticket.changed':
      changeTicket(view, message.data)
      break
    case 'summary':
      view.summary = message.data
      break
    case 'intake.changed':
      view.revisions.intakes += 1
      if (view.call?.ticket?.id === message.data.ticket_id) {
        const handed = { intake_id: message.data.id, intake_state: message.data.state }
        view.call.ticket = { ...view.call.ticket, ...handed }
      }
      break
    case 'recording.changed':
      view.revisions.recordings += 1
      break
    case 'callback.changed':
      view.revisions.callbacks += 1
      break
    case 'rota.changed':
      view.revisions.rota += 1
      break
  }
}

function changeLawyer(view: View, row: LawyerRow): void {
  replace(view.lawyers, row)
  if (view.me?.id !== row.id) return
  view.me = row
  // Words that were never finished belong to nobody once the talk is over.
  const hasCaller = row.state === 'talking' || row.state === 'holding'
  if (!hasCaller) view.partials = {}
  // After wrap-up the desk is cleared for the next caller, even while the last one still rates.
  const isAtRest = !hasCaller && row.state !== 'wrap_up'
  if (isAtRest && row.call_id !== view.call?.id) view.call = null
}

function changeCall(view: View, row: CallRow): void {
  if (row.ended_at === null) replace(view.calls, row)
  else view.calls = view.calls.filter((known) => known.id !== row.id)
  if (view.call?.id === row.id) {
    view.call = { ...view.call, ...row }
    if (row.ended_at !== null) view.partials = {}
    if (row.recording_refused !== null) {
      view.partials = {}
      view.call.transcript = []
    }
    return
  }
  // Calls that this lawyer has written up may still go on for a while: the caller rates.
  if (row.ended_at === null && view.me?.call_id === row.id) startCall(view, row)
}

function startCall(view: View, row: CallRow): void {
  const isOffered = view.offer?.call_id === row.id
  view.call = {
    ...row,
    leg_id: null,
    leg_state: null,
    leg_medium: null,
    earlier_contacts: isOffered ? (view.offer?.earlier_contacts ?? 0) : 0,
    ticket: view.earlyTicket?.call_id === row.id ? view.earlyTicket : null,
    transcript: [],
    speech: [] as SpeechStream[],
    insights: [],
  }
  view.partials = {}
}

const LEG_STATES: Record<LegEvent, string> = {
  'leg.ready': 'ready',
  'leg.connected': 'ready',
  'leg.disconnected': 'ready',
  'leg.closed': 'closed',
}

function changeLeg(call: CurrentCall, event: LegEvent, leg: { leg_id: string }): void {
  // An older leg of the same call may close after a newer one was opened.
  if (event === 'leg.closed' && call.leg_id !== leg.leg_id) return
  call.leg_id = leg.leg_id
  call.leg_state = LEG_STATES[event]
}

/** Whether what was said until then has come as a final sentence already. */
function isFinal(call: CurrentCall, partial: PartialSegment): boolean {
  return call.transcript.some(
    (segment) => segment.speaker === partial.speaker && segment.end_ms >= partial.end_ms,
  )
}

function addSegment(view: View, call: CurrentCall, segment: Segment): void {
  const partial = view.partials[segment.speaker]
  if (partial !== undefined && partial.start_ms <= segment.end_ms) {
    delete view.partials[segment.speaker]
  }
  const lines = call.transcript
  if (lines.some((known) => known.id === segment.id)) return
  let place = lines.length
  while (place > 0 && (lines[place - 1]?.start_ms ?? 0) > segment.start_ms) place -= 1
  lines.splice(place, 0, segment)
}

function changeInsight(view: View, row: Insight): void {
  if (view.call?.id === row.call_id) {
    const known = view.call.insights
    const place = known.findIndex((one) => one.id === row.id)
    if (place < 0) known.push(row)
    else known[place] = row
  }
  if (row.kind !== 'risk') return
  const others = view.risks.filter((one) => one.id !== row.id)
  const isOpen = row.acknowledged_at === null && row.state !== 'dismissed'
  view.risks = isOpen ? [row, ...others] : others
}

function changeTicket(view: View, ticket: Ticket): void {
  const call = view.call
  if (call === null || call.id !== ticket.call_id) {
    if (ticket.lawyer !== null && ticket.lawyer.id === view.me?.id) view.earlyTicket = ticket
    return
  }
  if (call.ticket !== null && call.ticket.version > ticket.version) return
  call.ticket = ticket
  call.ticket_id = ticket.id
}

function replace<Row extends { id: string }>(rows: Row[], row: Row): void {
  const place = rows.findIndex((known) => known.id === row.id)
  if (place < 0) rows.push(row)
  else rows[place] = row
}
