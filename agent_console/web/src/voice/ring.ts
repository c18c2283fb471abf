/** The ring tone, drawn rather than played from a file: nothing to load at the moment it counts. */

import { audioContext } from './sound'

/** Two soft tones like a desk telephone: 1 s on, 2 s off. */
const TONES_HZ = [440, 554]
const ON_SECONDS = 1
const PERIOD_SECONDS = 3
const LOUDNESS = 0.16
const FADE_SECONDS = 0.04

let oscillators: OscillatorNode[] = []
let gain: GainNode | null = null
let timer: ReturnType<typeof setInterval> | undefined

export function startRinging(): void {
  if (gain !== null) return
  const audio = audioContext()
  gain = audio.createGain()
  gain.gain.value = 0
  gain.connect(audio.destination)
  oscillators = TONES_HZ.map((hertz) => {
    const oscillator = audio.createOscillator()
    oscillator.frequency.value = hertz
    oscillator.connect(gain as GainNode)
    oscillator.start()
    return oscillator
  })
  const once = (): void => {
    const start = audio.currentTime + 0.02
    const envelope = (gain as GainNode).gain
    envelope.setValueAtTime(0, start)
    envelope.linearRampToValueAtTime(LOUDNESS, start + FADE_SECONDS)
    envelope.setValueAtTime(LOUDNESS, start + ON_SECONDS)
    envelope.linearRampToValueAtTime(0, start + ON_SECONDS + FADE_SECONDS)
  }
  once()
  timer = setInterval(once, PERIOD_SECONDS * 1000)
}

export function stopRinging(): void {
  clearInterval(timer)
  oscillators.forEach((oscillator) => oscillator.stop())
  gain?.disconnect()
  oscillators = []
  gain = null
}
