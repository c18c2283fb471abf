/** Speech engines and models: as the API speaks of them. */

import { request } from '@/api'
import type { Language, Page, Segment, SpeechStream, TranscriptGap } from '@/protocol'

export interface LanguageSupport {
  language: Language
  engine: string | null
  model: string | null
  state: 'live' | 'by_utterance' | 'missing'
  remedy: string
}

export interface SpeechModel {
  name: string
  engine: string
  languages: Language[]
  size_bytes: number
  licence: string
  source: string
  sha256: string
  is_installed: boolean
  live: boolean
  used_for: Language[]
}

export interface SpeechServer {
  language: Language
  url: string
  state: 'well' | 'failed' | 'unknown'
  is_reachable: boolean | null
  sides: number
  failures: number
  error: string
  failed_seconds_ago: number | null
}

export type TranscriptVersion = 'first' | 'second'

export const speech = {
  choose: (callId: string, language: Language) =>
    request<Page<SpeechStream>>('PUT', `/calls/${callId}/language`, { body: { language } }),
  transcript: (callId: string, version: TranscriptVersion | 'best') =>
    request<{ versions: TranscriptVersion[]; segments: Segment[]; gaps: TranscriptGap[] }>(
      'GET',
      `/calls/${callId}/transcript?version=${version}`,
    ),
  languages: () => request<Page<LanguageSupport>>('GET', '/speech'),
  servers: () => request<Page<SpeechServer>>('GET', '/speech/servers'),
  models: () => request<Page<SpeechModel>>('GET', '/speech/models'),
}

const MEGABYTE = 1_000_000

/** A size in whole megabytes. */
export function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / MEGABYTE))} MB`
}
