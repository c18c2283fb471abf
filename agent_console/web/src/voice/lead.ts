/** Of several tabs of one lawyer, exactly one leads: it rings, notifies and holds the voice. */

import { ref } from 'vue'

export const isLeading = ref(false)

let name = ''
let waiting: AbortController | null = null
let release: (() => void) | null = null

/** Holds the lock until the tab closes, or another tab takes it. */
async function hold(): Promise<void> {
  isLeading.value = true
  await new Promise<void>((resolve) => {
    release = resolve
  })
}

/** Waits for the lead; the first tab has it at once, the others when that one closes. */
function queueUp(): void {
  waiting?.abort()
  const attempt = new AbortController()
  waiting = attempt
  navigator.locks.request(name, { signal: attempt.signal }, hold).catch(() => {
    // Aborted while waiting (we lead by other means), or stolen by another tab.
    if (attempt.signal.aborted) return
    isLeading.value = false
    queueUp()
  })
}

export function joinLead(userId: string): void {
  if (name !== '') return
  name = `hotline.lead.${userId}`
  // Only secure pages have locks; a page without them can have no microphone either.
  if (!('locks' in navigator)) {
    isLeading.value = true
    return
  }
  queueUp()
}

/** Takes the lead from the tab that has it. */
export function takeLead(): void {
  waiting?.abort()
  navigator.locks.request(name, { steal: true }, hold).catch(() => {
    isLeading.value = false
    queueUp()
  })
}

export function leaveLead(): void {
  waiting?.abort()
  release?.()
  release = null
  name = ''
  isLeading.value = false
}
