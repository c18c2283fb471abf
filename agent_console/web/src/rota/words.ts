/** Days and hours of shifts in the language of the page. */

import { useI18n } from 'vue-i18n'

import { useWords, ZONE } from '@/words'

import { dayOf } from './rota'

interface Stretch {
  starts_at: string
  ends_at: string
}

export function useRotaWords() {
  const { t, locale } = useI18n()
  const words = useWords()

  function format(moment: string, options: Intl.DateTimeFormatOptions): string {
    const tag = locale.value === 'zh' ? 'zh-CN' : 'en-GB'
    return new Intl.DateTimeFormat(tag, { timeZone: ZONE, hourCycle: 'h23', ...options }).format(
      new Date(moment),
    )
  }

  const hour = (moment: string): string => format(moment, { hour: '2-digit', minute: '2-digit' })

  /** `20:00–次日 08:00` */
  function hours(stretch: Stretch): string {
    const ends = hour(stretch.ends_at)
    // A shift that ends at midnight ends with its day.
    const lastDay = dayOf(Date.parse(stretch.ends_at) - 1)
    const isNextDay = lastDay !== dayOf(stretch.starts_at)
    return `${hour(stretch.starts_at)}–${isNextDay ? t('rota.nextDay', { time: ends }) : ends}`
  }

  const day = (moment: string): string =>
    format(moment, { month: 'numeric', day: 'numeric', weekday: 'short' })

  /** `11/22 周日 14:00–18:00 白班` */
  function when(stretch: Stretch, label: string): string {
    return [day(stretch.starts_at), hours(stretch), label].filter((part) => part !== '').join(' ')
  }

  /** `普通话 · 劳动`; a topic that may be any is not worth a word. */
  function skills(seat: { language: string | null; topic: string | null }): string {
    const language = seat.language === null ? t('rota.anyLanguage') : words.language(seat.language)
    return seat.topic === null ? language : `${language} · ${words.topic(seat.topic)}`
  }

  return { hour, hours, day, when, skills }
}
