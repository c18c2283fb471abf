/** Classes of urgency as the queue has them: hotline.queueing.rules.Priority. */

export type Urgency = 'returning' | 'wages' | 'elderly' | 'minor' | 'cutOff' | 'emergency'

/** The most urgent first. */
const CLASSES: readonly (readonly [number, Urgency])[] = [
  [60, 'emergency'],
  [50, 'cutOff'],
  [40, 'minor'],
  [30, 'elderly'],
  [20, 'wages'],
  [10, 'returning'],
]

/** The class of a priority; null for everybody else. */
export function urgencyOf(priority: number): Urgency | null {
  return CLASSES.find(([least]) => priority >= least)?.[1] ?? null
}
