/** A supervisor's own ear and voice in one call: listening, whispering, barging in. */

import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

import { api, Problem } from '@/api'
import type { PartyRow, Supervision } from '@/protocol'
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

  /** One's own place in a call, also one that was taken before the page was loaded anew. */
  function placeIn(id: string | null): PartyRow | undefined {
    return live.view.calls
      .find((row) => row.id === id)
      ?.parties.find(
        (row) => row.kind === 'supervisor' && row.state !== 'closed' && row.user?.id === session.user?.id,
      )
  }

  const party = computed(() => placeIn(callId.value))

  // The call is over, or another page has ended the supervision.
  watch(party, (row, before) => {
    if (before !== undefined && row === undefined) hangUp()
  })

  async function begin(id: string, wanted: Supervision): Promise<void> {
    await attempt(async () => {
      if (callId.value !== null && callId.value !== id) await leave(callId.value)
      void unlock()
      const place = placeIn(id)
      if (place === undefined) await listen(id, (await api.supervise(id, wanted)).audio_url)
      else if (line === null) await listen(id, (await api.leg(id)).audio_url)
      if (place !== undefined && place.purpose !== wanted) await api.changeSupervision(id, wanted)
      speak(wanted)
    })
  }

  async function end(id: string): Promise<void> {
    await attempt(() => leave(id))
  }

  async function leave(id: string): Promise<void> {
    if (callId.value === id) hangUp()
    await api.endSupervision(id)
  }

  async function listen(id: string, url: string | null): Promise<void> {
    callId.value = id
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
      await fresh.open(url ?? '')
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

  return { callId, isBusy, isMuted, problem, placeIn, begin, end }
})
