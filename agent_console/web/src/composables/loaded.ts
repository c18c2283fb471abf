/** Something loaded by REST: its rows, whether it loads, what went wrong. */

import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { Problem } from '@/api'

export interface Loaded<Value> {
  value: ShallowRef<Value | null>
  isLoading: Ref<boolean>
  problem: ShallowRef<Problem | null>
  load: () => Promise<void>
}

export function useLoaded<Value>(fetch: () => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null)
  const isLoading = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let turn = 0

  async function load(): Promise<void> {
    turn += 1
    const mine = turn
    isLoading.value = value.value === null
    try {
      const fresh = await fetch()
      // An older answer that comes later must not overwrite a newer one.
      if (mine !== turn) return
      value.value = fresh
      problem.value = null
    } catch (error) {
      if (mine !== turn) return
      if (!(error instanceof Problem)) throw error
      problem.value = error
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  return { value, isLoading, problem, load }
}
