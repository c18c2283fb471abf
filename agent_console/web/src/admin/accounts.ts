/** Who may sign in, as administrators keep them (api/users.py), and the rules of what is typed. */

import { request, type Problem } from '@/api'
import type { Page, Role } from '@/protocol'

export const ROLES = ['lawyer', 'supervisor', 'intake', 'admin'] as const satisfies readonly Role[]

/** hotline.accounts.rules */
export const LEAST_CHARACTERS = 10
export const MOST_CHARACTERS = 200
export const LEAST_DIFFERENT = 5
const USERNAME = /^[\p{L}\p{N}._@-]{1,64}$/u

export interface AccountWish {
  display_name: string
  roles: Role[]
  is_active: boolean
}

export interface Account extends AccountWish {
  id: string
  username: string
  is_demo: boolean
  created_at: string
}

export interface NewAccount {
  username: string
  display_name: string
  password: string
  roles: Role[]
}

export const accounts = {
  all: () => request<Page<Account>>('GET', '/users'),
  add: (account: NewAccount) => request<Account>('POST', '/users', { body: account }),
  change: (id: string, wish: AccountWish) =>
    request<Account>('PUT', `/users/${id}`, { body: wish }),
  givePassword: (id: string, password: string) =>
    request<void>('PUT', `/users/${id}/password`, { body: { password } }),
}

/** A user name as the server keeps it: without case, width or surrounding space. */
export function normalised(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase()
}

export function isUsername(username: string): boolean {
  return USERNAME.test(normalised(username))
}

export const PASSWORD_RULES = ['length', 'different', 'name'] as const
export type PasswordRule = (typeof PASSWORD_RULES)[number]

/** Which rules a password keeps; the server has the last word. */
export function rulesKept(password: string, username: string): Record<PasswordRule, boolean> {
  const characters = [...password]
  const name = normalised(username)
  return {
    length: characters.length >= LEAST_CHARACTERS && characters.length <= MOST_CHARACTERS,
    different: new Set(characters).size >= LEAST_DIFFERENT,
    name: password !== '' && (name === '' || !password.toLowerCase().includes(name)),
  }
}

export function isPassword(password: string, username: string): boolean {
  return Object.values(rulesKept(password, username)).every(Boolean)
}

/** Whether somebody has just become a lawyer, of whom nobody has said yet what they can take. */
export function isNewLawyer(before: Account | null, after: Account): boolean {
  return after.roles.includes('lawyer') && !(before?.roles.includes('lawyer') ?? false)
}

export type Refusal = 'offline' | 'taken' | 'onDuty' | 'lastAdmin' | 'gone' | 'other'

/** The causes that the server names (hotline.accounts). */
const CAUSES: Record<string, Refusal> = {
  name_taken: 'taken',
  on_duty: 'onDuty',
  last_administrator: 'lastAdmin',
}

/** What the server's refusal means. */
export function refusalOf(problem: Pick<Problem, 'status' | 'isOffline' | 'body'>): Refusal {
  if (problem.isOffline) return 'offline'
  if (problem.status === 404) return 'gone'
  return CAUSES[problem.body.reason ?? ''] ?? 'other'
}

type Translate = (key: string, named: Record<string, unknown>) => string

/** Why something was refused, in the words of the page. */
export function refusalWords(problem: Problem, t: Translate): string {
  return t(`accounts.refused.${refusalOf(problem)}`, { why: problem.message })
}
