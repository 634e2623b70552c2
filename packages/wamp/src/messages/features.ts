import type { ClientRole, RouterRole } from './message.ts'

/** The advanced features of WAMP that have a name, by the roles that may announce them. */
export const featuresOfRole = {
  publisher: [
    'publisher_identification',
    'subscriber_blackwhite_listing',
    'publisher_exclusion',
    'sharded_subscription',
    'payload_passthru_mode',
  ],
  subscriber: [
    'publisher_identification',
    'publication_trustlevels',
    'pattern_based_subscription',
    'sharded_subscription',
    'event_history',
    'event_retention',
    'subscription_revocation',
    'payload_passthru_mode',
  ],
  broker: [
    'publisher_identification',
    'publication_trustlevels',
    'subscriber_blackwhite_listing',
    'publisher_exclusion',
    'pattern_based_subscription',
    'sharded_subscription',
    'event_history',
    'event_retention',
    'subscription_revocation',
    'subscription_meta_api',
    'session_meta_api',
    'reflection',
    'payload_passthru_mode',
  ],
  caller: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'sharded_registration',
    'payload_passthru_mode',
  ],
  callee: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'call_trustlevels',
    'call_reroute',
    'pattern_based_registration',
    'shared_registration',
    'sharded_registration',
    'registration_revocation',
    'payload_passthru_mode',
  ],
  dealer: [
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'call_trustlevels',
    'call_reroute',
    'pattern_based_registration',
    'shared_registration',
    'sharded_registration',
    'registration_revocation',
    'registration_meta_api',
    'session_meta_api',
    'testament_meta_api',
    'reflection',
    'payload_passthru_mode',
  ],
} as const

export type Feature = (typeof featuresOfRole)[ClientRole | RouterRole][number]

/** The features that a peer has announced, for each of its roles, in HELLO or WELCOME. */
export type AnnouncedRoles = { readonly [role in ClientRole | RouterRole]?: { readonly features?: Readonly<Record<string, unknown>> } }

/** Tells whether a peer has announced a feature for a role, in any of the spellings that peers send. */
export function announces(roles: AnnouncedRoles, role: ClientRole | RouterRole, feature: Feature): boolean {
  const features = roles[role]?.features
  if (features === undefined) return false
  return features[feature] === true || (spellings[feature]?.some(spelling => features[spelling] === true) ?? false)
}

/** Makes the announcement of a role: the features that are listed, each `true`, in the spelling of the specification. */
export function announcement<Role extends ClientRole | RouterRole>(
  ...features: readonly (typeof featuresOfRole)[Role][number][]
): { readonly features: Readonly<Record<string, boolean>> } {
  return { features: Object.fromEntries(features.map(feature => [feature, true])) }
}

/** Other spellings of features: of the specification itself in other places, and of peers. */
const spellings: { readonly [feature in Feature]?: readonly string[] } = {
  call_canceling: ['call_cancelling'],
  progressive_call_invocations: ['progressive_calls'],
  sharded_subscription: ['shareded_subscriptions', 'sharded_subscriptions'],
  reflection: ['procedure_reflection', 'topic_reflection'],
}
