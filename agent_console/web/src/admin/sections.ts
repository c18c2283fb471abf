/** What administrators and supervisors look after, in the order of the page's list. */

import type { Component } from 'vue'
import { defineAsyncComponent } from 'vue'

import type { Role } from '@/protocol'

export interface Section {
  /** Part of the address, and the word `admin.section.<name>`. */
  name: string
  roles: Role[]
  component: Component
}

export const SECTIONS: Section[] = [
  {
    name: 'rules',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./RulesSection.vue')),
  },
  {
    name: 'hours',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./HoursSection.vue')),
  },
  {
    name: 'flows',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./FlowsSection.vue')),
  },
  {
    name: 'prompts',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./PromptsSection.vue')),
  },
  {
    name: 'announcements',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./AnnouncementsSection.vue')),
  },
  {
    name: 'speech',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./SpeechSection.vue')),
  },
  {
    name: 'rota',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./RotaSection.vue')),
  },
  {
    name: 'lawyers',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./LawyersSection.vue')),
  },
  {
    name: 'accounts',
    roles: ['admin'],
    component: defineAsyncComponent(() => import('./AccountsSection.vue')),
  },
  {
    name: 'callbacks',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./CallbacksSection.vue')),
  },
  {
    name: 'directory',
    roles: ['admin'],
    component: defineAsyncComponent(() => import('./DirectorySection.vue')),
  },
  {
    name: 'institutions',
    roles: ['admin'],
    component: defineAsyncComponent(() => import('./InstitutionsSection.vue')),
  },
  {
    name: 'quality',
    roles: ['admin', 'supervisor'],
    component: defineAsyncComponent(() => import('./QualitySection.vue')),
  },
]
