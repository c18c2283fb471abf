/** One ticking clock for the whole page, on the server's time. */

import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'

/** Milliseconds to add to this machine's clock to get the server's. */
const offsetMs = ref(0)
const now = ref(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Four ticks a second keep a countdown from skipping a number when the timer drifts. */
const TICK_MS = 250

/** Takes the server's time from a message that has just arrived. */
export function setServerTime(serverTime: string): void {
  const at = Date.parse(serverTime)
  if (!Number.isNaN(at)) offsetMs.value = at - Date.now()
}

export function serverNow(): number {
  return Date.now() + offsetMs.value
}

/** The server's time in milliseconds, ticking while the component lives. */
export function useNow(): Ref<number> {
  watchers += 1
  now.value = serverNow()
  timer ??= setInterval(() => {
    now.value = serverNow()
  }, TICK_MS)
  onScopeDispose(() => {
    watchers -= 1
    if (watchers === 0) {
      clearInterval(timer)
      timer = undefined
    }
  })
  return now
}

/** Whole seconds since a moment, never negative; null when the moment is unknown. */
export function useElapsed(since: () => string | null | undefined): ComputedRef<number | null> {
  const current = useNow()
  return computed(() => secondsBetween(since(), current.value))
}

export function secondsBetween(since: string | null | undefined, nowMs: number): number | null {
  if (since === null || since === undefined) return null
  return Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000))
}

/** Whole seconds until a moment, never negative, rounded up so that 0 means over. */
export function secondsUntil(until: string | null | undefined, nowMs: number): number | null {
  if (until === null || until === undefined) return null
  return Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1000))
}

/** `mm:ss`, with hours in front when there are any. */
export function clockText(seconds: number | null): string {
  if (seconds === null) return '--:--'
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}
