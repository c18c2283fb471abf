import { expect, test } from 'vitest'

import type { Segment } from '@/protocol'

import { momentsIn, stampOf } from './moments'
import { rowsOf } from './rows'

function line(id: number, from: number, to: number, source = 'live'): Segment {
  return { id, speaker: 'caller', start_ms: from, end_ms: to, text: '', final: true, source }
}

test('a gap has its place between what was said before and after it', () => {
  const rows = rowsOf([line(1, 0, 900), line(2, 9000, 9900)], [
    { speaker: 'caller', start_ms: 2000, end_ms: 8000 },
  ])
  expect(rows.map((row) => row.key)).toEqual(['line-1', 'gap-caller-2000', 'line-2'])
})

test('a gap goes when words found after the call stand in it, and stays for the other side', () => {
  const gaps = [
    { speaker: 'caller' as const, start_ms: 2000, end_ms: 8000 },
    { speaker: 'lawyer' as const, start_ms: 2000, end_ms: 8000 },
  ]
  const rows = rowsOf([line(1, 3000, 4000, 'after_call')], gaps)
  expect(rows.map((row) => row.key)).toEqual(['gap-lawyer-2000', 'line-1'])
})

test('a gap that was filled is told of before what was found in it', () => {
  const filled = { speaker: 'caller' as const, start_ms: 2000, end_ms: 8000, filled: true }
  const rows = rowsOf([line(1, 3000, 4000, 'after_call')], [filled])
  expect(rows.map((row) => row.key)).toEqual(['gap-caller-2000', 'line-1'])
})

test('moments are found once each, with and without hours', () => {
  expect(momentsIn('[02:05]「甲」[1:00:09] [02:05] [2:99] 12:30')).toEqual([
    { text: '02:05', ms: 125_000 },
    { text: '1:00:09', ms: 3_609_000 },
  ])
})

test('a moment that is written is found again to the second', () => {
  expect(momentsIn(stampOf(125_400))).toEqual([{ text: '02:05', ms: 125_000 }])
})
