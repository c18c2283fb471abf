/** What the server noticed in the caller's words, and what a confirmed proposal fills in. */

import { request } from '@/api'
import type { Insight, Page } from '@/protocol'
import type { Draft } from '@/tickets/merge'

export const insights = {
  confirm: (id: number) => request<Insight>('POST', `/insights/${id}/confirm`),
  dismiss: (id: number) => request<Insight>('POST', `/insights/${id}/dismiss`),
  risks: () => request<Page<Insight>>('GET', '/risks'),
  acknowledge: (id: number) => request<Insight>('POST', `/risks/${id}/acknowledge`),
}

/** The urgent first, then what fills in the ticket, then what is good to know. */
const ORDER = ['risk', 'language', 'topic', 'legal_aid', 'deadline', 'fact']

/** PURE: in the order of urgency, those of a kind as they were said. */
export function inOrder(rows: Insight[]): Insight[] {
  return [...rows].sort(
    (left, right) =>
      ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind) ||
      left.start_ms - right.start_ms ||
      left.id - right.id,
  )
}

/**
 * PURE: the fields that a confirmed proposal fills in.
 *
 * What somebody has chosen or typed is never replaced: choices are made only where there is none,
 * and texts are only added to, once.
 *
 * @param label The word for a fact, such as the amount.
 */
export function filledBy(insight: Insight, draft: Draft, label: string): Partial<Draft> {
  switch (insight.kind) {
    case 'topic':
      return {
        ...(draft.topic === null && insight.topic !== null ? { topic: insight.topic } : {}),
        ...(draft.matter === null && insight.matter !== null ? { matter: insight.matter } : {}),
      }
    case 'fact':
      if (insight.key === 'caller_name' && draft.caller_name.trim() === '') {
        return { caller_name: insight.value }
      }
      return { summary: withLine(draft.summary, `${label}: ${insight.value}`) }
    case 'legal_aid':
    case 'deadline':
      return { advice: withLine(draft.advice, `${insight.hint} (${insight.article})`) }
    default:
      return {}
  }
}

function withLine(text: string, line: string): string {
  const before = text.trimEnd()
  if (before.split('\n').includes(line)) return text
  return before === '' ? line : `${before}\n${line}`
}
