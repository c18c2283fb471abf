/** The ticket at hand: typed here, saved within two seconds, never lost. */

import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import { api, Problem } from '@/api'
import type { Ticket } from '@/protocol'
import { changesOf, draftOf, merge, type Conflict, type Draft } from '@/tickets/merge'

import { useLive } from './live'

export type SaveState = 'saved' | 'pending' | 'saving' | 'offline' | 'conflict' | 'refused'

/** After the last key, and at the latest after the first one: both well within two seconds. */
const QUIET_MS = 600
const LATEST_MS = 1_500
const RETRY_MS = 3_000

const KEPT_PREFIX = 'hotline.draft.'

export const useTicket = defineStore('ticket', () => {
  const live = useLive()
  const ticket = ref<Ticket | null>(null)
  const draft = reactive({}) as Draft
  const conflicts = ref<Conflict[]>([])
  const isSaving = ref(false)
  const isOffline = ref(false)
  const refusal = ref('')
  const savedAt = ref('')
  /** Whether the legal-aid form stands in the ticket's place. */
  const isAidOpen = ref(false)

  /** What the server has, as the draft was last brought together with it. */
  let base: Draft | null = null
  let firstChangeAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(() => live.view.call?.ticket ?? null, receive, { immediate: true })
  watch(draft, onTyped, { deep: true })
  watch(
    () => live.connection,
    (state) => {
      if (state === 'connected' && isDirty.value) schedule(0)
    },
  )

  const isDirty = computed(() => {
    // Depends on both the draft and the saved ticket.
    if (ticket.value === null || base === null) return false
    return Object.keys(changesOf(base, draft)).length > 0
  })

  const state = computed<SaveState>(() => {
    if (conflicts.value.length > 0) return 'conflict'
    if (refusal.value !== '') return 'refused'
    if (isOffline.value && isDirty.value) return 'offline'
    if (isSaving.value) return 'saving'
    return isDirty.value ? 'pending' : 'saved'
  })

  function receive(server: Ticket | null): void {
    if (server?.id !== ticket.value?.id) {
      // The desk is cleared for the next caller; what was just typed still goes to its ticket.
      if (isDirty.value) void save()
      if (server === null) close()
      else open(server)
      return
    }
    if (server === null || ticket.value === null) return
    if (server.version === ticket.value.version) ticket.value = server
    // While a save is under way its own answer comes first, or it would look like someone else's.
    else if (!isSaving.value && server.version > ticket.value.version) take(server)
  }

  /** Takes up a ticket that was left unfinished, between calls; the next call puts it away. */
  async function takeUp(id: string): Promise<void> {
    const server = await api.ticket(id)
    if (live.view.call === null) open(server)
  }

  /** Puts an unfinished ticket away; a call's own ticket stays with its call. */
  function putAway(): void {
    if (live.view.call === null) close()
  }

  function open(server: Ticket): void {
    close()
    ticket.value = server
    base = draftOf(server)
    savedAt.value = server.updated_at
    Object.assign(draft, draftOf(server), kept(server.id))
  }

  function close(): void {
    clearTimeout(timer)
    ticket.value = null
    base = null
    firstChangeAt = 0
    conflicts.value = []
    refusal.value = ''
    isOffline.value = false
    isAidOpen.value = false
  }

  function take(server: Ticket): void {
    if (base === null) return
    const fresh = draftOf(server)
    const merged = merge(base, draft, fresh)
    base = fresh
    ticket.value = server
    savedAt.value = server.updated_at
    Object.assign(draft, merged.draft)
    conflicts.value = merged.conflicts
  }

  function onTyped(): void {
    if (ticket.value === null || !isDirty.value) return
    refusal.value = ''
    keep()
    if (firstChangeAt === 0) firstChangeAt = Date.now()
    const latest = firstChangeAt + LATEST_MS - Date.now()
    schedule(Math.max(0, Math.min(QUIET_MS, latest)))
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), delayMs)
  }

  /** Saves what was changed; says whether the server has everything now. */
  async function save(): Promise<boolean> {
    clearTimeout(timer)
    const current = ticket.value
    if (current === null || base === null) return true
    if (isSaving.value || conflicts.value.length > 0) return false
    const changes = changesOf(base, draft)
    if (Object.keys(changes).length === 0) return true
    isSaving.value = true
    firstChangeAt = 0
    try {
      const server = await api.saveTicket(current.id, current.version, changes)
      if (ticket.value?.id !== server.id) return true
      base = { ...base, ...changes }
      take(server)
      isOffline.value = false
      forget(server.id)
    } catch (error) {
      await onProblem(current.id, error)
    } finally {
      isSaving.value = false
    }
    const newer = live.view.call?.ticket
    if (newer != null) receive(newer)
    if (isDirty.value && state.value === 'pending') schedule(QUIET_MS)
    return !isDirty.value
  }

  async function onProblem(id: string, error: unknown): Promise<void> {
    if (!(error instanceof Problem)) throw error
    if (error.isOffline) {
      isOffline.value = true
      schedule(RETRY_MS)
    } else if (error.status === 409) {
      const current = (error.body.current as Ticket | undefined) ?? (await api.ticket(id))
      if (ticket.value?.id === id) take(current)
    } else {
      refusal.value = error.message
    }
  }

  /** Ends one conflict: with what was typed here, or with what the server has. */
  function resolve(conflict: Conflict, choice: 'mine' | 'theirs'): void {
    conflicts.value = conflicts.value.filter((other) => other.name !== conflict.name)
    if (choice === 'theirs') Object.assign(draft, { [conflict.name]: conflict.theirs })
    schedule(0)
  }

  /** Saves and closes the ticket; the server ends the wrap-up. */
  async function finish(): Promise<void> {
    const current = ticket.value
    if (current === null || !(await save())) return
    await api.finishTicket(current.id)
    localStorage.removeItem(KEPT_PREFIX + current.id)
  }

  /* ---- Kept on this machine only while the server does not have it ---- */

  function keep(): void {
    if (ticket.value === null || base === null) return
    const changes = JSON.stringify(changesOf(base, draft))
    localStorage.setItem(KEPT_PREFIX + ticket.value.id, changes)
  }

  function kept(id: string): Partial<Draft> {
    try {
      return JSON.parse(localStorage.getItem(KEPT_PREFIX + id) ?? '{}') as Partial<Draft>
    } catch {
      return {}
    }
  }

  function forget(id: string): void {
    if (!isDirty.value) localStorage.removeItem(KEPT_PREFIX + id)
  }

  const missing = computed(() => {
    const names: ('summary' | 'disposition')[] = []
    if (ticket.value === null) return names
    if (draft.summary.trim() === '') names.push('summary')
    if (draft.disposition === null) names.push('disposition')
    return names
  })

  return {
    ticket,
    draft,
    conflicts,
    isAidOpen,
    state,
    isDirty,
    savedAt,
    refusal,
    missing,
    save,
    resolve,
    finish,
    takeUp,
    putAway,
  }
})

/** Removes every text kept here; for signing out on a shared machine. */
export function forgetDrafts(): void {
  Object.keys(localStorage)
    .filter((key) => key.startsWith(KEPT_PREFIX))
    .forEach((key) => localStorage.removeItem(key))
}
