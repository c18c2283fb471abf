/** The lines that calls can be transferred to, as administrators change them. */

import { request } from '@/api'
import type { Page, TransferTarget } from '@/protocol'

export const KINDS: TransferTarget['kind'][] = [
  'emergency',
  'government',
  'legal',
  'interpreter',
  'other',
]

export interface DirectoryRow extends TransferTarget {
  position: number
  is_active: boolean
}

export type DirectoryWish = Omit<DirectoryRow, 'id'>

export const directory = {
  all: () => request<Page<DirectoryRow>>('GET', '/directory?all=true'),
  add: (wish: DirectoryWish) => request<DirectoryRow>('POST', '/directory', { body: wish }),
  change: (id: string, wish: DirectoryWish) =>
    request<DirectoryRow>('PUT', `/directory/${id}`, { body: wish }),
  remove: (id: string) => request<void>('DELETE', `/directory/${id}`),
}
