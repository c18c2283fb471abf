/** A supervisor's own ear and voice in one call: listening, whispering, barging in. */

import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

import { api, Problem } from '@/api'
import type { Supervision } from '@/protocol'
import { Line } from '@/voice/line'
import { MicrophoneError } from '@/voice/microphone'
import { unlock } from '@/voice/sound'

import { useLive } from './live'
import { useSession } from './session'

export const useSupervision = defineStore('supervision', () => {
  const live = useLive()
  const session = useSession()
  const callId = ref<string | null>(null)
  const isBusy = ref(false)
  const isMuted = ref(true)
  /** A key of the catalogue's group `supervision.problem`. */
  const problem = ref('')

  let line: Line | null = null

  const call = computed(() => live.view.calls.find((row) => row.id === callId.value) ?? null)
  const party = computed(() =>
    call.value?.parties.find(
      (row) => row.user?.id === session.user?.id && row.kind === 'supervisor' && row.state !== 'closed',
    ),
  )
  const mode = computed<Supervision | null>(() => (party.value?.purpose as Supervision | undefined) ?? null)

  // The call is over, or another page has ended the supervision.
  watch(party, (row, before) => {
    if (before !== undefined && row === undefined) hangUp()
  })

  async function begin(id: string, wanted: Supervision): Promise<void> {
    await attempt(async () => {
      if (callId.value === id && party.value !== undefined) {
        await api.changeSupervision(id, wanted)
        speak(wanted)
        return
      }
      if (callId.value !== null) await end()
      void unlock()
      const seat = await api.supervise(id, wanted)
      callId.value = id
      await listen(seat.audio_url ?? '')
      speak(wanted)
    })
  }

  async function end(): Promise<void> {
    const id = callId.value
    hangUp()
    if (id === null) return
    await attempt(() => api.endSupervision(id))
  }

  async function listen(url: string): Promise<void> {
    const fresh = new Line({
      state: (state) => {
        if (state === 'ended' && line === fresh) hangUp()
      },
      refused: () => {
        if (line === fresh) hangUp()
      },
      levels: () => {},
      microphoneLost: () => {
        problem.value = 'microphone'
      },
    })
    line = fresh
    fresh.mute(true)
    try {
      await fresh.open(url)
    } catch (error) {
      // Without a microphone one can still listen.
      if (!(error instanceof MicrophoneError)) throw error
      problem.value = 'microphone'
    }
  }

  /** Muted while only listening, so that nothing can slip out. */
  function speak(wanted: Supervision): void {
    isMuted.value = wanted === 'listen'
    line?.mute(isMuted.value)
  }

  function hangUp(): void {
    line?.close()
    line = null
    callId.value = null
    isMuted.value = true
  }

  async function attempt(deed: () => Promise<unknown>): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = ''
    try {
      await deed()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error.status === 409 || error.status === 404 ? 'over' : 'failed'
    } finally {
      isBusy.value = false
    }
  }

  return { callId, mode, isBusy, isMuted, problem, begin, end }
})
