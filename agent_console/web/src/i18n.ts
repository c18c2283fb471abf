/** Words of the faces: Chinese first, English complete; the check keeps their keys equal. */

import { createI18n } from 'vue-i18n'

import en from './locales/en.json'
import zh from './locales/zh.json'

export type LocaleName = 'zh' | 'en'

/** Groups of words with a file of their own: `groups/admin.zh.json` holds what is under `admin`. */
const GROUPS = import.meta.glob<object>('./locales/groups/*.json', {
  eager: true,
  import: 'default',
})

function withGroups<Catalogue extends object>(
  words: Catalogue,
  locale: LocaleName,
): Catalogue {
  const ending = `.${locale}.json`
  const groups = Object.entries(GROUPS)
    .filter(([path]) => path.endsWith(ending))
    .map(([path, group]) => [path.slice(path.lastIndexOf('/') + 1, -ending.length), group] as const)
  return { ...words, ...Object.fromEntries(groups) }
}

const LOCALE_KEY = 'hotline.locale'
const TAGS: Record<LocaleName, string> = { zh: 'zh-CN', en: 'en' }

function firstLocale(): LocaleName {
  return localStorage.getItem(LOCALE_KEY) === 'en' ? 'en' : 'zh'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLocale(),
  fallbackLocale: 'zh',
  messages: { zh: withGroups(zh, 'zh'), en: withGroups(en, 'en') },
})

export function setLocale(locale: LocaleName): void {
  i18n.global.locale.value = locale
  localStorage.setItem(LOCALE_KEY, locale)
  document.documentElement.lang = TAGS[locale]
}

document.documentElement.lang = TAGS[firstLocale()]
