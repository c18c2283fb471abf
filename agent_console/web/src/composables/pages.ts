/** A list that comes page by page: the newest rows first, older ones on demand. */

import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue'

import { Problem } from '@/api'
import type { Page } from '@/protocol'

import { useLoaded, type Loaded } from './loaded'

export interface Pages<Row> extends Loaded<Row[]> {
  rows: ComputedRef<Row[]>
  hasMore: ComputedRef<boolean>
  isFetching: Ref<boolean>
  more: () => Promise<void>
  /** Loads the beginning and folds the rest, which may have changed as well. */
  anew: () => Promise<void>
}

/**
 * @param fetch - One page, from a cursor on; the first without one.
 * @param keyOf - What a row is known by: one that moved between two pages is shown once.
 */
export function usePages<Row>(
  fetch: (query: Record<string, string>) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
): Pages<Row> {
  const older = shallowRef<Row[]>([])
  const cursor = ref<string | null>(null)
  const isFetching = ref(false)
  let isAnew = true
  const loaded = useLoaded(async () => {
    const page = await fetch({})
    // What was unfolded stays unfolded while the beginning is brought up to date.
    if (isAnew || older.value.length === 0) {
      isAnew = false
      older.value = []
      cursor.value = page.next_cursor
    }
    return page.items
  })
  const rows = computed(() => {
    const newest = loaded.value.value ?? []
    const known = new Set(newest.map(keyOf))
    return [...newest, ...older.value.filter((row) => !known.has(keyOf(row)))]
  })

  async function more(): Promise<void> {
    if (cursor.value === null || isFetching.value) return
    isFetching.value = true
    try {
      const page = await fetch({ cursor: cursor.value })
      older.value = [...older.value, ...page.items]
      cursor.value = page.next_cursor
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      loaded.problem.value = error
    } finally {
      isFetching.value = false
    }
  }

  async function anew(): Promise<void> {
    isAnew = true
    await loaded.load()
  }

  return { ...loaded, rows, hasMore: computed(() => cursor.value !== null), isFetching, more, anew }
}
