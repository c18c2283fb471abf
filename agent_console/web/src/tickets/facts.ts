/** PURE: what the ticket's matter already says for legal aid; the lawyer sees and may change it. */

import type { Facts } from '@/protocol'

/** From hotline.tickets.rules.MATTERS to hotline.intake.matters.Matter, where one is the other. */
const MATTERS: Record<string, string> = {
  wages: 'labour_pay',
  work_injury: 'work_injury',
  social_insurance: 'social_insurance',
  divorce: 'divorce',
  maintenance_of_parents: 'support_of_parents',
  domestic_violence: 'protection_from_abuse',
  inheritance: 'inheritance',
  loan: 'loan',
  traffic: 'traffic_accident',
  medical: 'medical_harm',
  administrative: 'administrative',
  criminal: 'criminal_case',
}

export function firstFacts(matter: string | null): Facts {
  const known = matter === null ? undefined : MATTERS[matter]
  return known === undefined ? {} : { matter: known }
}
