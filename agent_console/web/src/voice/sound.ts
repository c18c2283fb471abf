/** The page's one AudioContext: unlocked by a gesture, used for talk and ring tone alike. */

import { ref } from 'vue'

import { openMicrophone, release } from './microphone'
import workletUrl from './worklet?worker&url'

let context: AudioContext | null = null
let workletLoaded: Promise<void> | null = null

/** Whether the browser lets this page make a sound; false until a gesture unlocked it. */
export const isUnlocked = ref(false)

/** How long a browser may take to start its audio before it counts as waiting for a gesture. */
const UNLOCK_MS = 800

export function audioContext(): AudioContext {
  if (context === null) {
    context = new AudioContext({ latencyHint: 'interactive' })
    context.onstatechange = () => {
      isUnlocked.value = context?.state === 'running'
    }
    isUnlocked.value = context.state === 'running'
  }
  return context
}

/** Tries to start audio; a browser that waits for a gesture leaves `isUnlocked` false. */
export async function unlock(): Promise<boolean> {
  const audio = audioContext()
  if (audio.state !== 'running') {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, UNLOCK_MS))
    await Promise.race([audio.resume(), patience])
  }
  isUnlocked.value = audio.state === 'running'
  return isUnlocked.value
}

/**
 * Starts audio after a reload, without a gesture: browsers let a page that listens also sound.
 *
 * Only where the microphone has been allowed before, so that nobody is asked out of the blue.
 */
export async function unlockByListening(): Promise<boolean> {
  if (await unlock()) return true
  if (!(await isMicrophoneAllowed())) return false
  const stream = await openMicrophone().catch(() => null)
  if (stream === null) return false
  const isOpen = await unlock()
  release(stream)
  return isOpen
}

async function isMicrophoneAllowed(): Promise<boolean> {
  try {
    const name = 'microphone' as PermissionName
    return (await navigator.permissions.query({ name })).state === 'granted'
  } catch {
    // Browsers that cannot be asked; a call under way shows a button instead.
    return false
  }
}

export async function loadWorklet(): Promise<AudioContext> {
  const audio = audioContext()
  workletLoaded ??= audio.audioWorklet.addModule(workletUrl).catch((error: unknown) => {
    workletLoaded = null
    throw error
  })
  await workletLoaded
  return audio
}
