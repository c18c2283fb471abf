import { expect, test } from 'vitest'

import { EMPTY, formOf, isLimitWhole, wishOf, type InstitutionRow } from './institutions'

const ROW: InstitutionRow = {
  id: 'inst_1',
  kind: 'legal_aid_centre',
  name: 'a',
  region_code: '510100',
  address: '',
  phones: ['028-1110', '028-1111'],
  hours: '',
  languages: ['zh', 'bo'],
  means_limit: { fen: 102_050, year: 2026, source: 's' },
}

test('formOf and wishOf: a row comes back as it was', () => {
  const { id: _, ...wish } = ROW
  expect(wishOf(formOf(ROW))).toEqual(wish)
  expect(formOf(ROW).yuan).toBe(1020.5)
})

test('wishOf: cents are whole, numbers are parted by any comma', () => {
  const form = { ...EMPTY, phones: ' 1\u30012\uff0c3, ', yuan: 19.99, year: 2026, source: 's' }
  expect(wishOf(form).means_limit?.fen).toBe(1999)
  expect(wishOf(form).phones).toEqual(['1', '2', '3'])
})

test('isLimitWhole: all or nothing', () => {
  expect(isLimitWhole(EMPTY)).toBe(true)
  expect(isLimitWhole(formOf(ROW))).toBe(true)
  expect(isLimitWhole({ ...formOf(ROW), source: ' ' })).toBe(false)
  expect(isLimitWhole({ ...EMPTY, year: 2026 })).toBe(false)
  expect(wishOf(EMPTY).means_limit).toBeNull()
})
