/** Names of languages, topics and moments in the language of the page. */

import { useI18n } from 'vue-i18n'

import type { LawyerRow } from '@/protocol'

export const TOPICS = ['labour', 'family', 'contracts', 'injury', 'legal_aid'] as const
export const LANGUAGES = ['zh', 'bo', 'en', 'ko'] as const
/** hotline.tickets.rules.MATTERS */
export const MATTERS = [
  'wages',
  'labour_contract',
  'work_injury',
  'social_insurance',
  'divorce',
  'custody_support',
  'maintenance_of_parents',
  'domestic_violence',
  'inheritance',
  'loan',
  'contract',
  'property',
  'traffic',
  'medical',
  'other_injury',
  'criminal',
  'administrative',
  'other',
] as const
/** hotline.tickets.rules.DISPOSITIONS */
export const DISPOSITIONS = [
  'answered',
  'legal_aid',
  'mediation',
  'notary',
  'arbitration',
  'other_hotline',
  'emergency',
  'call_back',
  'not_legal',
  'invalid',
] as const

export const ZONE = 'Asia/Shanghai'

export interface Words {
  language(code: string | null): string
  topic(key: string | null): string
  topics(lawyer: LawyerRow): string
  languages(lawyer: LawyerRow): string
  /** The word for a key of a catalogue group, or the key itself where there is none. */
  word(group: string, key: string | null): string
  /** `02:13:05` */
  time(moment: string | null): string
  /** `11-21 02:13` */
  dayTime(moment: string | null): string
}

export function useWords(): Words {
  const { t, te, locale } = useI18n()

  function word(group: string, key: string | null): string {
    if (key === null || key === '') return '—'
    const path = `${group}.${key}`
    return te(path) ? t(path) : key
  }

  function format(moment: string | null, options: Intl.DateTimeFormatOptions): string {
    if (moment === null) return '—'
    const tag = locale.value === 'zh' ? 'zh-CN' : 'en-GB'
    return new Intl.DateTimeFormat(tag, { timeZone: ZONE, hourCycle: 'h23', ...options }).format(
      new Date(moment),
    )
  }

  return {
    word,
    language: (code) => word('language', code),
    topic: (key) => (key === null ? t('topic.any') : word('topic', key)),
    topics: (lawyer) =>
      lawyer.topics.includes('*')
        ? t('topic.all')
        : lawyer.topics.map((key) => word('topic', key)).join(t('comma')),
    languages: (lawyer) => lawyer.languages.map((code) => word('language', code)).join(t('comma')),
    time: (moment) =>
      format(moment, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    dayTime: (moment) =>
      format(moment, { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }),
  }
}
