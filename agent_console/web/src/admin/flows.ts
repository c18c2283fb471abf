/** Versions of the call flow, prompts and announcements, as the API speaks of them. */

import { request } from '@/api'
import type { Page } from '@/protocol'

const UPLOAD_TIMEOUT_MS = 120_000

export interface FlowFinding {
  rule: string
  /** Names the sentences of `flowFinding`; `text` and `remedy` are English. */
  code: string
  values: Record<string, string>
  severity: 'error' | 'warning' | 'note'
  text: string
  remedy: string
  line: number | null
  place: string
}

export interface FlowVersion {
  /** 0 is the file of the installation. */
  version: number
  state: 'draft' | 'active' | 'retired'
  note: string
  created_at: string | null
  activated_at: string | null
}

export interface FlowCheck {
  findings: FlowFinding[]
  diagram: string | null
}

export interface FlowDetail extends FlowVersion, FlowCheck {
  text: string
}

export interface FlowList extends Page<FlowVersion> {
  running: { node: string; version: string; problem: string | null }[]
}

export interface PromptRow {
  key: string
  is_used: boolean
  texts: Record<string, string>
  sources: Record<string, 'uploaded' | 'own' | 'shipped'>
}

export interface PromptList extends Page<PromptRow> {
  languages: string[]
  default_language: string
  missing: Record<string, number>
}

export interface PromptVersion {
  key: string
  seconds: number
  level_dbfs: number
}

export interface PackReport {
  taken: number
  entries: { file: string; key: string | null; problem: string | null }[]
  missing: string[]
}

export interface Announcement {
  id: string
  text: string
  prompt: string
  languages: string[]
  place: 'before' | 'after'
  is_on: boolean
  starts_at: string
  ends_at: string | null
}

export type AnnouncementWish = Pick<
  Announcement,
  'text' | 'prompt' | 'languages' | 'place' | 'ends_at'
>

function form(file: File): FormData {
  const data = new FormData()
  data.append('file', file)
  return data
}

export const flows = {
  all: () => request<FlowList>('GET', '/flows'),
  one: (version: number) => request<FlowDetail>('GET', `/flows/${version}`),
  check: (text: string) => request<FlowCheck>('POST', '/flows/check', { body: { text } }),
  upload: (text: string, note: string) =>
    request<FlowDetail>('POST', '/flows', { body: { text, note } }),
  activate: (version: number) => request<FlowVersion>('POST', `/flows/${version}/activate`),
  simulate: (version: number, script: string) =>
    request<{ lines: string[] }>('POST', `/flows/${version}/simulate`, { body: { script } }),
}

export const prompts = {
  all: () => request<PromptList>('GET', '/prompts'),
  audio: (language: string, key: string) => `/api/v1/prompts/${language}/${key}/audio`,
  upload: (language: string, key: string, file: File) =>
    request<PromptVersion>('PUT', `/prompts/${language}/${key}`, {
      body: form(file),
      timeoutMs: UPLOAD_TIMEOUT_MS,
    }),
  takeBack: (language: string, key: string) => request<void>('DELETE', `/prompts/${language}/${key}`),
  pack: (language: string, file: File) =>
    request<PackReport>('POST', `/prompts/packs/${language}`, {
      body: form(file),
      timeoutMs: UPLOAD_TIMEOUT_MS,
    }),
}

export const announcements = {
  all: () => request<Page<Announcement>>('GET', '/announcements'),
  start: (wish: AnnouncementWish) =>
    request<Announcement>('POST', '/announcements', { body: wish }),
  end: (id: string) => request<Announcement>('POST', `/announcements/${id}/end`),
}
