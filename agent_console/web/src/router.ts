/** Which page is whose. */

import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

import type { Role } from '@/protocol'
import { useSession } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Any of these roles may open the page. */
    roles?: Role[]
    isPublic?: boolean
  }
}

export interface Page {
  name: string
  roles: Role[]
}

/** In the order of the tabs; the first one that somebody may open is where they start. */
export const PAGES: Page[] = [
  { name: 'console', roles: ['lawyer'] },
  { name: 'wallboard', roles: ['supervisor', 'admin'] },
  { name: 'intakes', roles: ['intake', 'supervisor'] },
  { name: 'calls', roles: ['lawyer', 'supervisor', 'admin', 'intake'] },
  { name: 'admin', roles: ['supervisor', 'admin'] },
]

const VIEWS: Record<string, () => Promise<unknown>> = {
  console: () => import('./views/ConsolePage.vue'),
  wallboard: () => import('./views/WallboardPage.vue'),
  intakes: () => import('./views/IntakesPage.vue'),
  calls: () => import('./views/CallsPage.vue'),
  admin: () => import('./views/AdminPage.vue'),
}

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'sign-in',
    component: () => import('./views/SignInPage.vue'),
    meta: { isPublic: true },
  },
  ...PAGES.map(
    (page) =>
      ({
        path: `/${page.name}/:id?`,
        name: page.name,
        component: VIEWS[page.name],
        meta: { roles: page.roles },
      }) as RouteRecordRaw,
  ),
  { path: '/:rest(.*)*', redirect: '/' },
]

// Addresses behind the hash: the server knows `/` and nothing below it.
export const router = createRouter({ history: createWebHashHistory(), routes })

export function firstPage(): string | null {
  const session = useSession()
  return PAGES.find((page) => page.roles.some((role) => session.has(role)))?.name ?? null
}

router.beforeEach(async (to) => {
  const session = useSession()
  try {
    await session.restore()
  } catch {
    // The server is away; the sign-in page says so and tries again.
  }
  if (session.user === null) return to.meta.isPublic ? true : { name: 'sign-in' }
  const home = firstPage()
  const isMine = to.meta.roles?.some((role) => session.has(role)) ?? false
  if (isMine || home === null || to.name === home) return true
  return { name: home }
})
