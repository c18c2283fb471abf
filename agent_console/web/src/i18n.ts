/** Words of the faces: Chinese first, English complete; the check keeps their keys equal. */

import { createI18n } from 'vue-i18n'

import en from './locales/en.json'
import zh from './locales/zh.json'

export type LocaleName = 'zh' | 'en'

const LOCALE_KEY = 'hotline.locale'
const TAGS: Record<LocaleName, string> = { zh: 'zh-CN', en: 'en' }

function firstLocale(): LocaleName {
  return localStorage.getItem(LOCALE_KEY) === 'en' ? 'en' : 'zh'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLocale(),
  fallbackLocale: 'zh',
  messages: { zh, en },
})

export function setLocale(locale: LocaleName): void {
  i18n.global.locale.value = locale
  localStorage.setItem(LOCALE_KEY, locale)
  document.documentElement.lang = TAGS[locale]
}

document.documentElement.lang = TAGS[firstLocale()]
