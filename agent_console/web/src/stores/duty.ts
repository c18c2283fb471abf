/** The rules of duty as lawyers need them: reasons for breaks, extensions of wrap-up. */

import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { api, Problem } from '@/api'
import type { BreakReason, DutyRules } from '@/protocol'

const NONE: DutyRules = { wrap_up_extensions: 0, wrap_up_extension_seconds: 0, breaks: [] }

export const useDuty = defineStore('duty', () => {
  const { locale } = useI18n({ useScope: 'global' })
  const rules = shallowRef<DutyRules>(NONE)

  async function load(): Promise<void> {
    try {
      rules.value = await api.dutyRules()
    } catch (error) {
      // Breaks without a reason still work; the rules come with the next look.
      if (!(error instanceof Problem)) throw error
    }
  }

  const nameOf = (reason: BreakReason): string => (locale.value === 'zh' ? reason.zh : reason.en)

  function breakName(key: string | null): string | null {
    const reason = rules.value.breaks.find((each) => each.key === key)
    return reason === undefined ? null : nameOf(reason)
  }

  return { rules, load, nameOf, breakName }
})
