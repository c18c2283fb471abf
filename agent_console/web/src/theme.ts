/** Day, night, or as the machine says. */

import { ref, watch } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'

const THEME_KEY = 'hotline.theme'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')

export const theme = ref<Theme>((localStorage.getItem(THEME_KEY) as Theme | null) ?? 'auto')
export const isDark = ref(false)

function applyTheme(): void {
  isDark.value = theme.value === 'dark' || (theme.value === 'auto' && prefersDark.matches)
  document.documentElement.classList.toggle('dark', isDark.value)
}

prefersDark.addEventListener('change', applyTheme)
watch(
  theme,
  (chosen) => {
    localStorage.setItem(THEME_KEY, chosen)
    applyTheme()
  },
  { immediate: true },
)
