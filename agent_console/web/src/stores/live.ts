/** What the server tells, kept up to date while somebody is signed in. */

import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'

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

  function acknowledge(offerId: string): void {
    socket.send({ type: 'offer.acknowledge', offer_id: offerId })
  }

  const me = computed(() => view.me)
  const call = computed(() => view.call)
  const offer = computed(() => view.offer)
  const isTalking = computed(() => view.call !== null && view.call.ended_at === null)

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
