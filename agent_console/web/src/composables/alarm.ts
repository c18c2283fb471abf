/** Makes an offer impossible to miss: ring tone, notification, flashing title. */

import { nextTick, onScopeDispose, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { useLive } from '@/stores/live'
import { isLeading } from '@/voice/lead'
import { startRinging, stopRinging } from '@/voice/ring'
import { isUnlocked } from '@/voice/sound'
import { useWords } from '@/words'

const FLASH_MS = 1_000

/** Whether an offer rings without a sound, because the browser forbids it so far. */
export const isRingBlocked = ref(false)

export function useAlarm(): void {
  const live = useLive()
  const words = useWords()
  const { t } = useI18n()
  let notification: Notification | null = null
  let flashTimer: ReturnType<typeof setInterval> | undefined
  const plainTitle = (): string => t('app.title')

  // The server counts the seconds until a page says that the card is on the screen.
  watch(
    () => live.offer?.id ?? null,
    async (id) => {
      quiet()
      if (id === null) return
      await nextTick()
      live.acknowledge(id)
      alarm()
    },
    { immediate: true },
  )

  // A page that comes back in the middle of an offer says again that it shows it.
  watch(
    () => live.connection,
    (state) => {
      if (state === 'connected' && live.offer !== null) live.acknowledge(live.offer.id)
    },
  )

  watch(isUnlocked, (unlocked) => {
    if (unlocked && isRingBlocked.value && live.offer !== null) ring()
  })

  function alarm(): void {
    flash()
    if (!isLeading.value) return
    ring()
    notify()
  }

  function ring(): void {
    isRingBlocked.value = !isUnlocked.value
    if (isUnlocked.value) startRinging()
  }

  function notify(): void {
    const offer = live.offer
    if (offer === null || document.visibilityState === 'visible') return
    if (!('Notification' in window) || Notification.permission !== 'granted') return
    // No number: a notification may show on a screen that others see.
    const body = [words.topic(offer.topic), words.language(offer.language)].join(t('dot'))
    notification = new Notification(t('offer.title'), { body, tag: offer.id, requireInteraction: true })
    notification.onclick = () => {
      window.focus()
      notification?.close()
    }
  }

  function flash(): void {
    let isLit = false
    const turn = (): void => {
      isLit = !isLit
      document.title = isLit ? t('offer.flash') : plainTitle()
    }
    turn()
    flashTimer = setInterval(turn, FLASH_MS)
  }

  function quiet(): void {
    stopRinging()
    isRingBlocked.value = false
    clearInterval(flashTimer)
    notification?.close()
    notification = null
    document.title = plainTitle()
  }

  onScopeDispose(quiet)
}

/** Asks once for desktop notifications; going on duty is the moment that explains why. */
export function askForNotifications(): void {
  if ('Notification' in window && Notification.permission === 'default') {
    void Notification.requestPermission()
  }
}
