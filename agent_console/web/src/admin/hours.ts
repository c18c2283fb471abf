/** Opening hours as they are, and what they would be, as the API speaks of them. */

import { request } from '@/api'

export interface HoursState {
  in_force: string
  calendar_ends_with: number
  /** Set while the public holidays of a year that is near are not known. */
  warning: string | null
}

export interface OpeningAt {
  moment: string
  is_open: boolean
  timetable: string
  reason: 'exception' | 'workday' | 'holiday' | 'weekday'
  /** Those that begin on the day, such as `20:00-02:00`. */
  openings: string[]
  is_year_known: boolean
  /** False where the rules ask for a seat on the rota and nobody has one. */
  is_staffed: boolean
}

export const hours = {
  now: () => request<HoursState>('GET', '/hours'),
  /** @param moment - In the hotline's own time, such as `2026-12-31T20:00`. */
  at: (moment: string) =>
    request<OpeningAt>('GET', `/hours/at?${new URLSearchParams({ moment }).toString()}`),
}
