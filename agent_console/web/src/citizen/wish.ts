/** PURE: what a citizen asks for: numbers, windows of time. Beijing time, wherever the phone is. */

const BEIJING_OFFSET_MS = 8 * 3_600_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A window that ends sooner is no longer offered: the service wants time to find a lawyer. */
const LEAST_LEFT_MS = HOUR_MS / 2

const MOBILE = /^1[3-9]\d{9}$/
const LANDLINE = /^0(10|2\d|[3-9]\d{2})[2-9]\d{6,7}$/

export const PARTS_OF_DAY = [
  { name: 'morning', from: 9, to: 12 },
  { name: 'afternoon', from: 13, to: 18 },
  { name: 'evening', from: 18, to: 21 },
] as const

export interface TimeWindow {
  /** `now`, or day and part such as `0-morning` for today's. */
  key: string
  day: 0 | 1
  part: (typeof PARTS_OF_DAY)[number] | null
  from: string | null
  to: string | null
}

export function cleanNumber(text: string): string {
  return text.replace(/[\s\-()（）]/g, '').replace(/^(\+|00)86/, '')
}

export function isNumber(text: string): boolean {
  const number = cleanNumber(text)
  return MOBILE.test(number) || LANDLINE.test(number)
}

/** As soon as possible, then what is left of today, then tomorrow. */
export function windows(nowMs: number): TimeWindow[] {
  const soon: TimeWindow = { key: 'now', day: 0, part: null, from: null, to: null }
  const midnight = Math.floor((nowMs + BEIJING_OFFSET_MS) / DAY_MS) * DAY_MS - BEIJING_OFFSET_MS
  const later = ([0, 1] as const).flatMap((day) =>
    PARTS_OF_DAY.map((part) => ({
      key: `${day}-${part.name}`,
      day,
      part,
      from: stamp(midnight + day * DAY_MS + part.from * HOUR_MS),
      to: stamp(midnight + day * DAY_MS + part.to * HOUR_MS),
    })),
  )
  return [soon, ...later.filter((one) => Date.parse(one.to) - nowMs >= LEAST_LEFT_MS)]
}

/** RFC 3339 with Beijing's offset. */
function stamp(ms: number): string {
  return `${new Date(ms + BEIJING_OFFSET_MS).toISOString().slice(0, 19)}+08:00`
}
