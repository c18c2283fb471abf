/** PURE: what of a ticket was changed here, and how that goes together with changes elsewhere. */

import type { Ticket, TicketChanges } from '@/protocol'

export const EDITABLE = [
  'language',
  'topic',
  'matter',
  'summary',
  'advice',
  'disposition',
  'caller_name',
  'caller_identity',
  'facts',
  'legal_aid_informed',
  'legal_aid_intent',
  'is_confidential',
] as const

export type EditableName = (typeof EDITABLE)[number]
export type Draft = Pick<Ticket, EditableName>

export interface Conflict {
  name: EditableName
  theirs: Draft[EditableName]
}

export function draftOf(ticket: Ticket): Draft {
  const entries = EDITABLE.map((name) => [name, copy(ticket[name])])
  return Object.fromEntries(entries) as Draft
}

/** The fields that differ from what the server has, as a PATCH wants them. */
export function changesOf(base: Draft, draft: Draft): TicketChanges {
  const names = EDITABLE.filter((name) => !isSame(base[name], draft[name]))
  return Object.fromEntries(names.map((name) => [name, copy(draft[name])])) as TicketChanges
}

/**
 * Brings a newer version from the server together with what was typed here.
 *
 * What nobody touched here takes the server's value; what was touched here and not there is kept;
 * what both changed differently is kept too, and named as a conflict for a person to decide.
 */
export function merge(base: Draft, draft: Draft, server: Draft): { draft: Draft; conflicts: Conflict[] } {
  const merged: Record<string, unknown> = {}
  const conflicts: Conflict[] = []
  for (const name of EDITABLE) {
    const isMine = !isSame(base[name], draft[name])
    const isTheirs = !isSame(base[name], server[name])
    // What is the same but for a space at the end stays: somebody may be typing just there.
    merged[name] = copy(isMine || isSame(draft[name], server[name]) ? draft[name] : server[name])
    if (isMine && isTheirs && !isSame(draft[name], server[name])) {
      conflicts.push({ name, theirs: copy(server[name]) })
    }
  }
  return { draft: merged as Draft, conflicts }
}

function isSame(left: unknown, right: unknown): boolean {
  return text(left) === text(right)
}

/** Comparable text; the order of an object's keys does not matter, nor does space at the ends. */
function text(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return JSON.stringify(value)
  }
  return JSON.stringify(Object.entries(value).sort(([left], [right]) => left.localeCompare(right)))
}

function copy<Value>(value: Value): Value {
  return value !== null && typeof value === 'object'
    ? (JSON.parse(JSON.stringify(value)) as Value)
    : value
}
