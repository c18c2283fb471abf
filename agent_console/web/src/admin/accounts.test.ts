import { expect, test } from 'vitest'

import {
  isNewLawyer,
  isPassword,
  isUsername,
  normalised,
  refusalOf,
  rulesKept,
  type Account,
} from './accounts'

const LAWYER: Account = {
  id: 'user_1',
  username: 'wang',
  display_name: 'Wang',
  roles: ['lawyer'],
  is_active: true,
  is_demo: false,
  created_at: '2026-11-23T00:00:00Z',
}
const ADMIN: Account = { ...LAWYER, roles: ['admin'] }

test('rulesKept: nothing typed keeps none', () => {
  expect(rulesKept('', '')).toEqual({ length: false, different: false, name: false })
})

test('rulesKept: length and different characters are counted as a person counts them', () => {
  expect(rulesKept('abcde1234', 'wang').length).toBe(false)
  expect(rulesKept('abcde12345', 'wang').length).toBe(true)
  expect(rulesKept('\u{20000}'.repeat(5), 'wang')).toMatchObject({ length: false, different: false })
  expect(rulesKept('a'.repeat(201), 'wang').length).toBe(false)
  expect(rulesKept('abcdabcdabcd', 'wang').different).toBe(false)
})

test('isPassword: the user name is not in it, in whatever case or width', () => {
  expect(isPassword('12-WANG-34567', 'wang')).toBe(false)
  expect(isPassword('12-wang-34567', ' \uff37ang ')).toBe(false)
  expect(isPassword('12-zhao-34567', 'wang')).toBe(true)
  expect(isPassword('12-zhao-34567', '')).toBe(true)
})

test('isUsername: letters of any script, digits and four signs', () => {
  expect(isUsername(' Wang.Fang-2@hotline_1 ')).toBe(true)
  expect(isUsername('\u738b\u82b3')).toBe(true)
  expect(isUsername('wang fang')).toBe(false)
  expect(isUsername('wang!')).toBe(false)
  expect(isUsername('')).toBe(false)
  expect(isUsername('a'.repeat(65))).toBe(false)
  expect(normalised(' \uff37ang ')).toBe('wang')
})

test('refusalOf: the server names the cause', () => {
  const refused = (reason?: string) => refusalOf({ status: 409, isOffline: false, body: { reason } })
  expect(refused('name_taken')).toBe('taken')
  expect(refused('on_duty')).toBe('onDuty')
  expect(refused('last_administrator')).toBe('lastAdmin')
  expect(refused('oneself')).toBe('other')
  expect(refused()).toBe('other')
})

test('refusalOf: what is no conflict', () => {
  expect(refusalOf({ status: 0, isOffline: true, body: {} })).toBe('offline')
  expect(refusalOf({ status: 404, isOffline: false, body: {} })).toBe('gone')
  expect(refusalOf({ status: 422, isOffline: false, body: {} })).toBe('other')
})

test('isNewLawyer: added as one, or made one', () => {
  expect(isNewLawyer(null, LAWYER)).toBe(true)
  expect(isNewLawyer(ADMIN, LAWYER)).toBe(true)
  expect(isNewLawyer(LAWYER, LAWYER)).toBe(false)
  expect(isNewLawyer(null, ADMIN)).toBe(false)
})
