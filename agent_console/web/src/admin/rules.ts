/** Rules that administrators change: as the API speaks of them. */

import { request } from '@/api'
import type { Page } from '@/protocol'

export interface Configuration {
  kind: string
  /** 0 while nobody has changed the defaults. */
  version: number
  changed_at: string | null
  changed_by: string | null
  values: Record<string, unknown>
}

export const rules = {
  all: () => request<Page<Configuration>>('GET', '/configuration'),
  change: (kind: string, version: number, values: unknown) =>
    request<Configuration>('PUT', `/configuration/${kind}`, { body: { version, values } }),
}

/** The text that is edited. */
export function textOf(values: Record<string, unknown>): string {
  return JSON.stringify(values, null, 2)
}
