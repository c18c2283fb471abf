/** Moments of a call in a text: `[02:05]` is written with a quotation and leads back to it. */

import { clockText } from '@/clock'

export interface Moment {
  text: string
  ms: number
}

const STAMP = /\[(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)\]/g

export function stampOf(ms: number): string {
  return `[${clockText(Math.floor(ms / 1000))}]`
}

/** Each moment once, in the order in which they are written. */
export function momentsIn(text: string): Moment[] {
  const found = new Map<string, number>()
  for (const [stamp, hours, minutes, seconds] of text.matchAll(STAMP)) {
    const whole = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)
    found.set(stamp.slice(1, -1), whole * 1000)
  }
  return [...found].map(([stamp, ms]) => ({ text: stamp, ms }))
}
