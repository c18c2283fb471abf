/** Institutions that callers are told of, as administrators change them. */

import { request } from '@/api'
import type { Page } from '@/protocol'

/** hotline.directory.institutions.InstitutionKind */
export const KINDS = [
  'legal_aid_centre',
  'notary',
  'court',
  'procuratorate',
  'labour',
  'women',
  'youth',
  'consumer',
  'police',
  'other',
] as const

/** hotline.directory.means: the first year there can be a limit of, and the most that it can be. */
export const FIRST_YEAR = 2003
export const MOST_YUAN = 100_000

/** The economic-hardship limit of legal aid: fen for each person and month. */
export interface MeansLimit {
  fen: number
  year: number
  source: string
}

export interface InstitutionWish {
  kind: string
  name: string
  region_code: string
  address: string
  phones: string[]
  hours: string
  languages: string[]
  means_limit: MeansLimit | null
}

export interface InstitutionRow extends InstitutionWish {
  id: string
}

/** What stands in the form: numbers in one line, the limit in yuan; empty is none. */
export interface InstitutionForm extends Omit<InstitutionWish, 'phones' | 'means_limit'> {
  phones: string
  yuan: number | ''
  year: number | ''
  source: string
}

export const EMPTY: InstitutionForm = {
  kind: 'legal_aid_centre',
  name: '',
  region_code: '',
  address: '',
  phones: '',
  hours: '',
  languages: ['zh'],
  yuan: '',
  year: '',
  source: '',
}

export function formOf(row: InstitutionRow): InstitutionForm {
  const { kind, name, region_code, address, hours, means_limit: limit } = row
  return {
    kind,
    name,
    region_code,
    address,
    hours,
    phones: row.phones.join(', '),
    languages: [...row.languages],
    yuan: limit ? limit.fen / 100 : '',
    year: limit?.year ?? '',
    source: limit?.source ?? '',
  }
}

/** Whether the limit is there whole, or not at all. */
export function isLimitWhole({ yuan, year, source }: InstitutionForm): boolean {
  const given = [yuan !== '', year !== '', source.trim() !== '']
  return given.every(Boolean) || !given.some(Boolean)
}

export function wishOf(form: InstitutionForm): InstitutionWish {
  const { yuan, year, source, phones, ...same } = form
  return {
    ...same,
    name: form.name.trim(),
    // An ideographic comma and full-width signs are what Chinese keyboards type.
    phones: phones
      .split(/[,;\u3001\uff0c\uff1b]/)
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    means_limit:
      yuan === '' || year === ''
        ? null
        : { fen: Math.round(yuan * 100), year, source: source.trim() },
  }
}

export const institutions = {
  all: () => request<Page<InstitutionRow>>('GET', '/institutions'),
  add: (wish: InstitutionWish) => request<InstitutionRow>('POST', '/institutions', { body: wish }),
  change: (id: string, wish: InstitutionWish) =>
    request<InstitutionRow>('PUT', `/institutions/${id}`, { body: wish }),
  remove: (id: string) => request<void>('DELETE', `/institutions/${id}`),
}
