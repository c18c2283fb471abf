/** The rota as the API speaks of it (hotline/views/rota.py), and the days it is shown by. */

import { request, type Problem } from '@/api'
import type { Page, Person } from '@/protocol'
import { ZONE } from '@/words'

export interface Seat {
  id: string
  language: string | null
  topic: string | null
  lawyer: Person | null
}

export interface Shift {
  id: string
  label: string
  starts_at: string
  ends_at: string
  seats: Seat[]
}

export interface SwapSeat {
  id: string
  shift_label: string
  starts_at: string
  ends_at: string
  language: string | null
  topic: string | null
}

export interface Swap {
  id: string
  state: string
  asker: Person
  colleague: Person
  seat: SwapSeat
  in_return: SwapSeat | null
  note: string
  asked_at: string
}

export interface Keeping {
  seat_id: string
  shift_label: string
  starts_at: string
  ends_at: string
  language: string | null
  topic: string | null
  lawyer: Person
  attendance: 'ahead' | 'expected' | 'here' | 'late' | 'left'
  came_at: string | null
}

export interface MyRota {
  shifts: Shift[]
  swaps: Swap[]
  now: Keeping[]
}

export interface NewShift {
  days: string[]
  begins: string
  ends: string
  label: string
  seats: { language: string | null; topic: string | null }[]
}

export type SwapDeed = 'accept' | 'decline' | 'withdraw' | 'approve' | 'refuse'

export const rota = {
  shifts: (from: string, days = 7) =>
    request<Page<Shift>>('GET', `/rota/shifts?from=${from}&days=${days}`),
  add: (shift: NewShift) => request<unknown>('POST', '/rota/shifts', { body: shift }),
  copyWeek: (monday: string, to: string) =>
    request<unknown>('POST', '/rota/weeks', { body: { monday, to } }),
  removeShift: (id: string) => request<void>('DELETE', `/rota/shifts/${id}`),
  addSeat: (shiftId: string, language: string | null, topic: string | null) =>
    request<unknown>('POST', `/rota/shifts/${shiftId}/seats`, { body: { language, topic } }),
  give: (seat: Seat, lawyerId: string | null) =>
    request<unknown>('PUT', `/rota/seats/${seat.id}/lawyer`, {
      body: { lawyer_id: lawyerId, instead_of: seat.lawyer?.id ?? null },
    }),
  removeSeat: (id: string) => request<void>('DELETE', `/rota/seats/${id}`),
  now: () => request<Page<Keeping>>('GET', '/rota/now'),
  mine: () => request<MyRota>('GET', '/rota/mine'),
  swaps: () => request<Page<Swap>>('GET', '/rota/swaps'),
  ask: (seatId: string, to: string, inReturn: string | null, note: string) =>
    request<Swap>('POST', '/rota/swaps', {
      body: { seat_id: seatId, to_lawyer_id: to, return_seat_id: inReturn, note },
    }),
  act: (id: string, deed: SwapDeed) => request<Swap>('POST', `/rota/swaps/${id}/${deed}`),
  sheetAddress: (month: string) => `/api/v1/rota/sheet?month=${month}`,
}

const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE })

/** `2026-11-22`, where the hotline is. */
export function dayOf(moment: string | number): string {
  return DAY.format(new Date(moment))
}

/** A day some days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
  return dayAfter(day, -weekday)
}

type Translate = (key: string, named: Record<string, unknown>) => string

/** Why something was refused, in the words of the page. */
export function refusalOf(problem: Problem, t: Translate, te: (key: string) => boolean): string {
  if (problem.isOffline) return t('rota.refused.offline', {})
  const key = `rota.refused.${problem.body.reason ?? ''}`
  return te(key) ? t(key, {}) : t('rota.refused.other', { why: problem.message })
}
