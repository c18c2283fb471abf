/** Judgements of calls: what the server sends, and the addresses in use. */

import { request } from '@/api'
import type { Page, Person, Topic } from '@/protocol'

export interface CheckRow {
  call_id: string
  started_at: string
  topic: Topic | null
  lawyer: Person | null
  rating: number | null
  score: number
  has_passed: boolean
  sample: 'dissatisfied' | 'forbidden_words' | 'random' | null
  recording_id: string | null
  human_score: number | null
  human_passed: boolean | null
  human_note: string
  reviewed_by: Person | null
  reviewed_at: string | null
}

export interface Evidence {
  start_ms: number
  end_ms: number
  quote: string
}

export interface CheckItem {
  item: string
  weight: number
  share: number | null
  reason: string
  figure: number | null
  evidence: Evidence[]
}

export interface Check extends CheckRow {
  items: CheckItem[]
}

export interface Agreement {
  checked: number
  sampled: number
  reviewed: number
  compared: number
  percent: number | null
  kappa: number | null
  mean_difference: number | null
}

export const quality = {
  list: (query: Record<string, string>) =>
    request<Page<CheckRow>>('GET', `/quality?${new URLSearchParams(query).toString()}`),
  one: (callId: string) => request<Check>('GET', `/quality/${callId}`),
  mine: () => request<Page<CheckRow>>('GET', '/quality?limit=20'),
  agreement: () => request<Agreement>('GET', '/quality/agreement'),
  review: (callId: string, score: number, note: string) =>
    request<Check>('POST', `/quality/${callId}/review`, { body: { score, note } }),
}

/** Items whose figure is a share; the others' are seconds or a count. */
const SHARES = new Set(['talk_over', 'silence'])

/** PURE: a figure as people read it; `seconds` says them in the page's words. */
export function figureText(item: CheckItem, seconds: (n: number) => string): string {
  if (item.figure === null) return ''
  if (SHARES.has(item.item)) return `${Math.round(item.figure * 1000) / 10} %`
  return item.item === 'forbidden_words' ? `${item.figure} ×` : seconds(Math.round(item.figure))
}

/** PURE: the points that an item has of those it can have. */
export function pointsText(item: CheckItem): string {
  if (item.share === null) return '—'
  return `${Math.round(item.share * item.weight * 10) / 10} / ${item.weight}`
}
