/** What lawyers can take, as the API speaks of it (hotline.views.people.SkillShape). */

import { request } from '@/api'
import type { Page } from '@/protocol'

export interface Skills {
  id: string
  name: string
  username: string
  is_active: boolean
  /** Levels from 1 to 3. */
  languages: Record<string, number>
  topics: Record<string, number>
}

export const lawyers = {
  all: () => request<Page<Skills>>('GET', '/lawyers/skills'),
  save: (id: string, languages: Record<string, number>, topics: Record<string, number>) =>
    request<Skills>('PUT', `/lawyers/${id}/skills`, { body: { languages, topics } }),
  setActive: (id: string, isActive: boolean) =>
    request<Skills>('PUT', `/lawyers/${id}/active`, { body: { is_active: isActive } }),
}
