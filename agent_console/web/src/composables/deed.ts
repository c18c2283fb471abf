/** Something that is asked of the server: one at a time, and what went wrong in words. */

import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { Problem } from '@/api'

export interface Deed {
  isBusy: Ref<boolean>
  /** What went wrong the last time; empty when nothing did. */
  trouble: Ref<string>
  /** Does it unless another deed is under way; says whether it succeeded. */
  attempt: (deed: () => Promise<unknown>) => Promise<boolean>
}

/**
 * @param say - Words for what the server refused, or for its being out of reach. What it did not
 *   foresee has the same words everywhere, and the number under which it is written down.
 */
export function useDeed(say: (problem: Problem) => string): Deed {
  const isBusy = ref(false)
  const trouble = ref('')
  const { t } = useI18n()

  function wordsFor(problem: Problem): string {
    if (problem.isOffline || problem.status < 500) return say(problem)
    const id = problem.body.request_id
    return [t('load.unforeseen'), id ? t('load.requestId', { id }) : ''].join(' ').trim()
  }

  async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    trouble.value = ''
    try {
      await deed()
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      trouble.value = wordsFor(error)
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, trouble, attempt }
}
