/** Rules that administrators change: as the API speaks of them. */

import { request } from '@/api'
import type { Page } from '@/protocol'

import type { Schema } from './schema'

export type Values = Record<string, unknown>

export interface Configuration {
  kind: string
  /** 0 while nobody has changed the defaults. */
  version: number
  changed_at: string | null
  changed_by: string | null
  changed_by_name: string | null
  values: Values
}

export interface ConfigurationDetail extends Configuration {
  schema: Schema
}

export const rules = {
  all: () => request<Page<Configuration>>('GET', '/configuration'),
  one: (kind: string) => request<ConfigurationDetail>('GET', `/configuration/${kind}`),
  history: (kind: string) => request<Page<Configuration>>('GET', `/configuration/${kind}/history`),
  change: (kind: string, version: number, values: unknown) =>
    request<Configuration>('PUT', `/configuration/${kind}`, { body: { version, values } }),
}

/** The text that is edited. */
export function textOf(values: Values): string {
  return JSON.stringify(values, null, 2)
}
