/** What a ticket holds before anybody writes in it; for tests. */

import type { Draft } from './merge'

export function sampleDraft(changes: Partial<Draft> = {}): Draft {
  return {
    language: 'zh',
    topic: null,
    matter: null,
    summary: '',
    advice: '',
    disposition: null,
    caller_name: '',
    caller_identity: '',
    facts: {},
    legal_aid_informed: false,
    legal_aid_intent: false,
    is_confidential: false,
    ...changes,
  }
}
