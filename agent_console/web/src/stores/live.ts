/** What the server tells, kept up to date while somebody is signed in. */

import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import { api, Problem } from '@/api'
import { setServerTime } from '@/clock'
import { LiveConnection, type ConnectionState } from '@/live/connection'
import { apply, emptyView } from '@/live/view'
import type { ServerMessage } from '@/protocol'

import { useSession } from './session'

export const useLive = defineStore('live', () => {
  const view = reactive(emptyView())
  const connection = ref<ConnectionState>('connecting')
  /** Local time of the newest message of any kind, to tell fresh figures from stale ones. */
  const heardAt = ref(0)

  function receive(message: ServerMessage): void {
    heardAt.value = Date.now()
    if ('at' in message && message.type !== 'transcript.partial') setServerTime(message.at)
    if (message.type === 'hello') setServerTime(message.data.server_time)
    apply(view, message)
  }

  const socket = new LiveConnection(
    {
      message: receive,
      state: (state) => {
        connection.value = state
      },
      refused: (code) => {
        if (code === 4401) useSession().expire()
      },
    },
    () => view.seq,
  )

  function start(): void {
    socket.start()
  }

  function stop(): void {
    socket.stop()
    Object.assign(view, emptyView())
    connection.value = 'connecting'
  }

  // The snapshot counts what waits at intake; later changes tell of one intake each, so the server
  // is asked to count again.
  watch(
    () => view.revisions.intakes,
    async () => {
      if (!useSession().has('intake')) return
      try {
        view.intakesOpen = (await api.intakes({ state: 'open', limit: '200' })).items.length
      } catch (error) {
        // The number stays as it was; the page itself shows what is wrong.
        if (!(error instanceof Problem)) throw error
      }
    },
  )

  function acknowledge(offerId: string): void {
    socket.send({ type: 'offer.acknowledge', offer_id: offerId })
  }

  const me = computed(() => view.me)
  const call = computed(() => view.call)
  const offer = computed(() => view.offer)
  /** Whether lawyer and caller are together; a caller who rates afterwards is not with anybody. */
  const isTalking = computed(() => {
    const at = view.call
    return at !== null && at.ended_at === null && view.me?.call_id === at.id
  })

  return {
    view,
    connection,
    heardAt,
    me,
    call,
    offer,
    isTalking,
    start,
    stop,
    acknowledge,
    retryNow: () => socket.retryNow(),
  }
})
