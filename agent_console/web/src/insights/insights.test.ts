import { describe, expect, it } from 'vitest'

import type { Insight } from '@/protocol'
import { sampleDraft } from '@/tickets/sample'

import { filledBy, inOrder } from './insights'

function insight(fields: Partial<Insight>): Insight {
  return {
    id: 1,
    call_id: 'call_1',
    kind: 'topic',
    key: 'divorce',
    value: '',
    quote: '',
    start_ms: 0,
    end_ms: 0,
    confidence: 0.8,
    article: '',
    hint: '',
    classes: [],
    topic: 'family',
    matter: 'divorce',
    script: null,
    state: 'proposed',
    decided_by: null,
    decided_at: null,
    acknowledged_by: null,
    acknowledged_at: null,
    created_at: '',
    ...fields,
  }
}

describe('filledBy', () => {
  it('chooses a topic and matter where there is none', () => {
    expect(filledBy(insight({}), sampleDraft(), '')).toEqual({ topic: 'family', matter: 'divorce' })
  })

  it('never replaces a choice', () => {
    expect(filledBy(insight({}), sampleDraft({ topic: 'labour', matter: 'wages' }), '')).toEqual({})
  })

  it('adds a fact to the summary, once', () => {
    const amount = insight({ kind: 'fact', key: 'amount', value: '30000' })
    const once = filledBy(amount, sampleDraft({ summary: 'typed' }), 'Amount').summary ?? ''
    expect(once).toBe('typed\nAmount: 30000')
    expect(filledBy(amount, sampleDraft({ summary: once }), 'Amount').summary).toBe(once)
  })

  it('fills in a name only where none is typed', () => {
    const name = insight({ kind: 'fact', key: 'caller_name', value: 'Wang' })
    expect(filledBy(name, sampleDraft(), 'Name')).toEqual({ caller_name: 'Wang' })
    expect(filledBy(name, sampleDraft({ caller_name: 'Li' }), 'Name').caller_name).toBeUndefined()
  })

  it('adds a hint with its article to the advice', () => {
    const hint = insight({ kind: 'deadline', hint: 'One year', article: 'Art. 27' })
    expect(filledBy(hint, sampleDraft(), '')).toEqual({ advice: 'One year (Art. 27)' })
  })

  it('fills in nothing for a danger', () => {
    expect(filledBy(insight({ kind: 'risk' }), sampleDraft(), '')).toEqual({})
  })
})

describe('inOrder', () => {
  it('puts dangers first', () => {
    const rows = [insight({ id: 1 }), insight({ id: 2, kind: 'risk' })]
    expect(inOrder(rows).map((row) => row.id)).toEqual([2, 1])
  })
})
