/** The voice of the call at hand: follows the call by itself, in the tab that leads. */

import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

import { api, Problem } from '@/api'
import type { Accepted } from '@/protocol'
import { isLeading, takeLead } from '@/voice/lead'
import { Line } from '@/voice/line'
import { MicrophoneError, type MicrophoneTrouble } from '@/voice/microphone'
import { unlock, unlockByListening } from '@/voice/sound'

import { useLive } from './live'

export type VoicePhase =
  | 'idle'
  | 'starting'
  | 'live'
  | 'reconnecting'
  /** The browser wants a click before it makes a sound. */
  | 'gesture'
  /** Another page of this lawyer has the voice. */
  | 'elsewhere'
  /** The server dials the lawyer's telephone; nothing is heard here. */
  | 'telephone'

/** Stands for the address where there is none, because the lawyer is on a telephone. */
const TELEPHONE = ''

const ANSWERS_THAT_PASS = new Set([0, 404, 409, 502, 503, 504])
const RETRY_MS = 800

export const useVoice = defineStore('voice', () => {
  const live = useLive()
  const phase = ref<VoicePhase>('idle')
  const trouble = ref<MicrophoneTrouble | null>(null)
  const isMuted = ref(false)
  const mine = ref(0)
  const theirs = ref(0)

  let line: Line | null = null
  /** Grows with every join and leave, so that an answer that comes too late is recognised. */
  let turn = 0
  let accepting: Promise<Accepted> | null = null

  const callId = computed(() => {
    const call = live.view.call
    const mayTalk = call !== null && live.isTalking
    return mayTalk && isLeading.value ? call.id : null
  })

  watch(callId, (id) => (id === null ? leave() : void join(id)), { immediate: true })

  /** Accepts an offer; the answer's address is used by the join that the call's event starts. */
  async function accept(offerId: string): Promise<void> {
    // This runs inside a click or a key press: the moment in which sound may be unlocked.
    void unlock()
    accepting = api.accept(offerId)
    try {
      await accepting
    } finally {
      const mine = accepting
      setTimeout(() => {
        if (accepting === mine) accepting = null
      }, 5_000)
    }
  }

  async function address(id: string): Promise<string> {
    const accepted = await accepting?.catch(() => null)
    accepting = null
    if (accepted?.call_id === id) return accepted.audio_url ?? TELEPHONE
    return (await api.leg(id)).audio_url ?? TELEPHONE
  }

  async function join(id: string): Promise<void> {
    leave()
    const joined = turn
    phase.value = 'starting'
    if (!(await unlockByListening())) {
      if (joined === turn) phase.value = 'gesture'
      return
    }
    const url = await persist(joined, () => address(id))
    if (url === null) return
    if (url === TELEPHONE) {
      phase.value = 'telephone'
      return
    }
    const fresh = listen(joined)
    line = fresh
    try {
      await fresh.open(url)
      if (joined === turn) trouble.value = null
    } catch (error) {
      if (joined !== turn) return
      trouble.value = error instanceof MicrophoneError ? error.trouble : 'unknown'
    }
  }

  /** Asks until there is an answer; null when the call is over meanwhile. */
  async function persist(joined: number, ask: () => Promise<string>): Promise<string | null> {
    for (;;) {
      try {
        const answer = await ask()
        return joined === turn ? answer : null
      } catch (error) {
        if (joined !== turn) return null
        const passes = error instanceof Problem && ANSWERS_THAT_PASS.has(error.status)
        if (!passes) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      if (joined !== turn) return null
    }
  }

  function listen(joined: number): Line {
    return new Line({
      state: (state) => {
        if (joined !== turn) return
        if (state === 'open') phase.value = 'live'
        else if (state === 'lost') phase.value = 'reconnecting'
        else if (state === 'ended') phase.value = 'idle'
      },
      refused: (code) => void renew(joined, code),
      levels: (own, other) => {
        if (own !== null) mine.value = own
        if (other !== null) theirs.value = other
      },
      microphoneLost: () => {
        trouble.value = 'missing'
      },
    })
  }

  async function renew(joined: number, code: number): Promise<void> {
    if (joined !== turn) return
    if (code === 4409) {
      leave()
      phase.value = 'elsewhere'
      return
    }
    phase.value = 'reconnecting'
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    const id = callId.value
    if (joined !== turn || id === null) return
    const url = await persist(joined, async () => (await api.leg(id)).audio_url ?? TELEPHONE)
    if (url !== null && url !== TELEPHONE) line?.moveTo(url)
  }

  function leave(): void {
    turn += 1
    line?.close()
    line = null
    phase.value = 'idle'
    trouble.value = null
    isMuted.value = false
    mine.value = 0
    theirs.value = 0
  }

  /** Starts again after a gesture, a fixed microphone, or a takeover by another page. */
  function rejoin(): void {
    if (!isLeading.value) takeLead()
    else if (callId.value !== null) void join(callId.value)
  }

  async function retryMicrophone(): Promise<void> {
    try {
      await line?.changeMicrophone()
      trouble.value = null
    } catch (error) {
      trouble.value = error instanceof MicrophoneError ? error.trouble : 'unknown'
    }
  }

  function toggleMute(): void {
    isMuted.value = !isMuted.value
    line?.mute(isMuted.value)
  }

  return {
    phase,
    trouble,
    isMuted,
    mine,
    theirs,
    callId,
    accept,
    rejoin,
    retryMicrophone,
    toggleMute,
  }
})
