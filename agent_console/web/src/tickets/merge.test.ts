import { describe, expect, it } from 'vitest'

import { changesOf, merge, type Draft } from './merge'
import { sampleDraft } from './sample'

const draft = (changes: Partial<Draft> = {}) => sampleDraft({ topic: 'labour', ...changes })

describe('changesOf', () => {
  it('untouched__is_empty', () => {
    expect(changesOf(draft({ facts: { age: 3, role: 'party' } }), draft({ facts: { role: 'party', age: 3 } }))).toEqual({})
  })

  it('space_at_the_end__is_no_change', () => {
    expect(changesOf(draft({ caller_name: '张三' }), draft({ caller_name: '张三 ' }))).toEqual({})
  })

  it('touched__names_just_those_fields', () => {
    expect(changesOf(draft(), draft({ summary: '欠薪' }))).toEqual({ summary: '欠薪' })
  })
})

describe('merge', () => {
  it('other_fields_changed__takes_both', () => {
    const merged = merge(draft(), draft({ summary: '我写的' }), draft({ advice: '别处写的' }))
    expect(merged.draft).toEqual(draft({ summary: '我写的', advice: '别处写的' }))
    expect(merged.conflicts).toEqual([])
  })

  it('same_field_changed_alike__is_no_conflict', () => {
    const merged = merge(draft(), draft({ summary: '同' }), draft({ summary: '同' }))
    expect(merged.conflicts).toEqual([])
  })

  it('same_field_changed_differently__keeps_mine_and_tells', () => {
    const merged = merge(draft(), draft({ summary: '我' }), draft({ summary: '他' }))
    expect(merged.draft.summary).toBe('我')
    expect(merged.conflicts).toEqual([{ name: 'summary', theirs: '他' }])
  })
})
