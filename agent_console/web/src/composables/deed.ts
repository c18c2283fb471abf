/** Something that is asked of the server: one at a time, and what went wrong in words. */

import { ref, type Ref } from 'vue'

import { Problem } from '@/api'

export interface Deed {
  isBusy: Ref<boolean>
  /** What went wrong the last time; empty when nothing did. */
  trouble: Ref<string>
  /** Does it unless another deed is under way; says whether it succeeded. */
  attempt: (deed: () => Promise<unknown>) => Promise<boolean>
}

/** @param say - Words for what the server refused, or for its being out of reach. */
export function useDeed(say: (problem: Problem) => string): Deed {
  const isBusy = ref(false)
  const trouble = ref('')

  async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    trouble.value = ''
    try {
      await deed()
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      trouble.value = say(error)
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, trouble, attempt }
}
