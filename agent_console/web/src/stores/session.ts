/** Who is signed in. */

import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api, Problem } from '@/api'
import type { Role, User } from '@/protocol'

export const useSession = defineStore('session', () => {
  const user = ref<User | null>(null)
  /** Why somebody who was signed in has to do it again. */
  const wasSignedOut = ref(false)

  /** Asks the server who this browser is. */
  async function restore(): Promise<void> {
    if (user.value !== null) return
    try {
      user.value = await api.me()
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    user.value = (await api.signIn(username, password)).user
    wasSignedOut.value = false
  }

  async function signOut(): Promise<void> {
    try {
      await api.signOut()
    } finally {
      user.value = null
    }
  }

  function expire(): void {
    if (user.value === null) return
    user.value = null
    wasSignedOut.value = true
  }

  const has = (role: Role): boolean => user.value?.roles.includes(role) ?? false
  const isLawyer = computed(() => has('lawyer'))

  return { user, wasSignedOut, restore, signIn, signOut, expire, has, isLawyer }
})
