import { describe, expect, it } from 'vitest'

import type {
  CurrentCall,
  LawyerRow,
  PartialSegment,
  Segment,
  ServerMessage,
  Snapshot,
  Ticket,
} from '@/protocol'

import { sampleDraft } from '@/tickets/sample'

import { apply, emptyView, type View } from './view'

const AT = '2026-11-21T02:00:00+08:00'

function lawyer(changes: Partial<LawyerRow> = {}): LawyerRow {
  return {
    id: 'user_1',
    name: '张律师',
    state: 'available',
    reason: null,
    since: AT,
    until: null,
    languages: ['zh'],
    topics: ['*'],
    call_id: null,
    next_state: null,
    next_reason: null,
    missed_offers: 0,
    by: null,
    wrap_up_extensions: 0,
    ...changes,
  }
}

function call(changes: Partial<CurrentCall> = {}): CurrentCall {
  return {
    id: 'call_1',
    direction: 'in',
    started_at: AT,
    answered_at: AT,
    bridged_at: AT,
    ended_at: null,
    caller: '138****1234',
    language: 'zh',
    topic: 'labour',
    state: 'talking',
    lawyer: { id: 'user_1', name: '张律师' },
    ticket_id: null,
    recording_id: null,
    end_reason: null,
    rating: null,
    transcript: [],
    callback_id: null,
    leg_id: null,
    leg_state: null,
    leg_medium: null,
    parties: [],
    recording: 'none',
    recording_refused: null,
    is_lawyer_muted: false,
    earlier_contacts: 0,
    ticket: null,
    speech: [],
    insights: [],
    ...changes,
  }
}

function segment(changes: Partial<Segment> = {}): Segment {
  return {
    id: 1,
    speaker: 'caller',
    start_ms: 1000,
    end_ms: 2000,
    text: '你好',
    final: true,
    ...changes,
  }
}

function hello(changes: Partial<Snapshot> = {}, seq = 10): ServerMessage {
  const user = { id: 'user_1', name: '张律师', username: 'lawyer1', roles: ['lawyer' as const] }
  return {
    type: 'hello',
    seq,
    at: AT,
    data: {
      resumed: false,
      user,
      server_time: AT,
      me: lawyer(),
      lawyers: [lawyer()],
      queue: [],
      offer: null,
      invitation: null,
      call: null,
      calls: [],
      intakes_open: 0,
      risks: [],
      summary: null,
      ...changes,
    },
  }
}

function viewAfter(...messages: ServerMessage[]): View {
  const view = emptyView()
  messages.forEach((message) => apply(view, message))
  return view
}

function ticket(changes: Partial<Ticket> = {}): Ticket {
  return {
    ...sampleDraft({ topic: 'labour' }),
    id: 'ticket_1',
    call_id: 'call_1',
    number: '2026112207',
    status: 'open',
    caller: null,
    masked: [],
    rating: null,
    version: 1,
    lawyer: { id: 'user_1', name: '张律师' },
    intake_id: null,
    intake_state: null,
    created_at: AT,
    updated_at: AT,
    done_at: null,
    ...changes,
  }
}

function partial(text: string, start_ms: number): PartialSegment {
  return { call_id: 'call_1', speaker: 'caller', start_ms, end_ms: start_ms + 500, text, final: false }
}

function spoken(changes: Partial<Segment>): Segment & { call_id: string } {
  return { ...segment(changes), call_id: 'call_1' }
}

describe('apply', () => {
  it('hello__replaces_everything', () => {
    const view = viewAfter(hello({ call: call() }), hello({ call: null }, 20))
    expect(view.call).toBeNull()
    expect(view.seq).toBe(20)
  })

  it('hello__that_resumes_keeps_everything', () => {
    const user = { id: 'user_1', name: '张律师', username: 'lawyer1', roles: ['lawyer' as const] }
    const view = viewAfter(hello({ call: call() }), {
      type: 'hello',
      seq: 15,
      at: AT,
      data: { resumed: true, user, server_time: AT },
    })
    expect(view.call?.id).toBe('call_1')
    expect(view.seq).toBe(10)
  })

  it('known_message__is_dropped', () => {
    const view = viewAfter(hello())
    const isApplied = apply(view, {
      type: 'lawyer.changed',
      seq: 10,
      at: AT,
      data: lawyer({ state: 'busy' }),
    })
    expect(isApplied).toBe(false)
    expect(view.me?.state).toBe('available')
  })

  it('offer_closed__of_another_offer_leaves_the_open_one', () => {
    const offer = {
      id: 'offer_2',
      entry_id: 'qe_1',
      kind: 'call' as const,
      call_id: 'call_1',
      callback_id: null,
      caller: null,
      language: 'zh',
      topic: null,
      priority: 0,
      placed_at: AT,
      entered_at: AT,
      waited_seconds: 0,
      earlier_contacts: 0,
      made_at: AT,
      expires_at: AT,
      acknowledged_at: null,
      needs_interpreter: false,
      message: null,
    }
    const view = viewAfter(hello({ offer }), {
      type: 'offer.closed',
      seq: 11,
      at: AT,
      data: { offer_id: 'offer_1', reason: 'expired' },
    })
    expect(view.offer?.id).toBe('offer_2')
  })

  it('segment__replaces_its_partial_and_is_kept_once', () => {
    const view = viewAfter(
      hello({ call: call() }),
      { type: 'transcript.partial', seq: 10, at: AT, data: partial('你', 1000) },
      { type: 'transcript.segment', seq: 11, at: AT, data: spoken({}) },
      { type: 'transcript.segment', seq: 12, at: AT, data: spoken({}) },
    )
    expect(view.partials.caller).toBeUndefined()
    expect(view.call?.transcript.map((line) => line.text)).toEqual(['你好'])
  })

  it('segment__of_an_earlier_sentence_keeps_a_later_partial', () => {
    const view = viewAfter(
      hello({ call: call() }),
      { type: 'transcript.partial', seq: 10, at: AT, data: partial('我', 5000) },
      { type: 'transcript.segment', seq: 11, at: AT, data: spoken({}) },
    )
    expect(view.partials.caller?.text).toBe('我')
  })

  it('partial__that_comes_after_its_segment_is_left_out', () => {
    const view = viewAfter(
      hello({ call: call() }),
      { type: 'transcript.segment', seq: 11, at: AT, data: spoken({ start_ms: 1000, end_ms: 2000 }) },
      { type: 'transcript.partial', seq: 11, at: AT, data: partial('你', 1000) },
    )
    expect(view.partials.caller).toBeUndefined()
  })

  it('segments__are_ordered_by_their_beginning', () => {
    const view = viewAfter(
      hello({ call: call() }),
      { type: 'transcript.segment', seq: 11, at: AT, data: spoken({ id: 2, start_ms: 3000 }) },
      { type: 'transcript.segment', seq: 12, at: AT, data: spoken({ id: 1, start_ms: 1000 }) },
    )
    expect(view.call?.transcript.map((line) => line.id)).toEqual([1, 2])
  })

  it('call_changed__to_refused_takes_every_word_away', () => {
    const refused = call({ recording_refused: { at: AT, lawyer: null } })
    const view = viewAfter(
      hello({ call: call() }),
      { type: 'transcript.segment', seq: 11, at: AT, data: spoken({}) },
      { type: 'transcript.partial', seq: 11, at: AT, data: partial('我', 5000) },
      { type: 'call.changed', seq: 12, at: AT, data: refused },
      { type: 'transcript.partial', seq: 12, at: AT, data: partial('我们', 5000) },
    )
    expect(view.call?.transcript).toEqual([])
    expect(view.partials).toEqual({})
  })

  it('call_changed__of_my_new_call_opens_the_desk', () => {
    const view = viewAfter(
      hello(),
      {
        type: 'lawyer.changed',
        seq: 11,
        at: AT,
        data: lawyer({ state: 'talking', call_id: 'call_1' }),
      },
      { type: 'call.changed', seq: 12, at: AT, data: call() },
    )
    expect(view.call?.id).toBe('call_1')
    expect(view.call?.transcript).toEqual([])
  })

  it('lawyer_changed__after_wrap_up_clears_the_desk', () => {
    const view = viewAfter(hello({ call: call({ ended_at: AT }) }), {
      type: 'lawyer.changed',
      seq: 11,
      at: AT,
      data: lawyer({ state: 'wrap_up' }),
    })
    expect(view.call).not.toBeNull()
    apply(view, { type: 'lawyer.changed', seq: 12, at: AT, data: lawyer() })
    expect(view.call).toBeNull()
  })

  it('ticket_changed__before_its_call_is_there_when_the_desk_opens', () => {
    const view = viewAfter(
      hello(),
      { type: 'ticket.changed', seq: 11, at: AT, data: ticket() },
      {
        type: 'lawyer.changed',
        seq: 12,
        at: AT,
        data: lawyer({ state: 'talking', call_id: 'call_1' }),
      },
      { type: 'call.changed', seq: 13, at: AT, data: call() },
    )
    expect(view.call?.ticket?.id).toBe('ticket_1')
  })

  it('ticket_changed__of_an_older_version_is_dropped', () => {
    const view = viewAfter(
      hello({ call: call({ ticket: ticket({ version: 5 }) }) }),
      { type: 'ticket.changed', seq: 11, at: AT, data: ticket({ version: 4 }) },
    )
    expect(view.call?.ticket?.version).toBe(5)
  })

  it('call_changed__of_a_call_already_written_up_stays_closed', () => {
    const rating = call({ state: 'rating' })
    const view = viewAfter(hello(), { type: 'call.changed', seq: 11, at: AT, data: rating })
    expect(view.call).toBeNull()
  })

  it('leg_closed__of_an_older_leg_changes_nothing', () => {
    const view = viewAfter(hello({ call: call({ leg_id: 'leg_2', leg_state: 'ready' }) }), {
      type: 'leg.closed',
      seq: 11,
      at: AT,
      data: { leg_id: 'leg_1', call_id: 'call_1' },
    })
    expect(view.call?.leg_state).toBe('ready')
  })
})
