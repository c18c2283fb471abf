/** Keys that work everywhere, in a text field and with an input method composing too. */

import { onScopeDispose } from 'vue'

export type Shortcut =
  | 'accept'
  | 'decline'
  | 'mute'
  | 'hold'
  | 'transfer'
  | 'pause-recording'
  | 'hang-up'
  | 'quote'
  | 'insight-confirm'
  | 'insight-dismiss'

/** By the place of the key, so that an input method or a layout does not get in between. */
const KEYS: Record<string, Shortcut> = {
  KeyA: 'accept',
  KeyR: 'decline',
  KeyM: 'mute',
  KeyH: 'hold',
  KeyT: 'transfer',
  KeyS: 'pause-recording',
  KeyE: 'hang-up',
  KeyK: 'quote',
  KeyY: 'insight-confirm',
  KeyN: 'insight-dismiss',
}

/** A key held down, or hit twice in a fright, counts once. */
const GUARD_MS = 1_000

export function useShortcuts(handlers: Partial<Record<Shortcut, () => void>>): void {
  const lastAt = new Map<Shortcut, number>()

  function onKey(event: KeyboardEvent): void {
    if (!event.altKey || event.ctrlKey || event.metaKey) return
    const shortcut = KEYS[event.code]
    const handler = shortcut === undefined ? undefined : handlers[shortcut]
    if (shortcut === undefined || handler === undefined) return
    event.preventDefault()
    if (event.repeat || event.timeStamp - (lastAt.get(shortcut) ?? -GUARD_MS) < GUARD_MS) return
    lastAt.set(shortcut, event.timeStamp)
    handler()
  }

  window.addEventListener('keydown', onKey, { capture: true })
  onScopeDispose(() => window.removeEventListener('keydown', onKey, { capture: true }))
}
