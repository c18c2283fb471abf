/** What lawyers can take, as the API speaks of it (hotline.views.people.SkillShape). */

import { request } from '@/api'
import type { LawyerState, Page, Person } from '@/protocol'

export interface Skills {
  id: string
  name: string
  username: string
  is_active: boolean
  /** Levels from 1 to 3. */
  languages: Record<string, number>
  topics: Record<string, number>
}

/** A change of state; `by` is null where the server did it by itself. */
export interface StateChange {
  at: string
  from_state: LawyerState | null
  to_state: LawyerState
  reason: string | null
  by: Person | null
}

export const lawyers = {
  states: (id: string) => request<Page<StateChange>>('GET', `/lawyers/${id}/states?limit=200`),
  all: () => request<Page<Skills>>('GET', '/lawyers/skills'),
  save: (id: string, languages: Record<string, number>, topics: Record<string, number>) =>
    request<Skills>('PUT', `/lawyers/${id}/skills`, { body: { languages, topics } }),
  setActive: (id: string, isActive: boolean) =>
    request<Skills>('PUT', `/lawyers/${id}/active`, { body: { is_active: isActive } }),
}
