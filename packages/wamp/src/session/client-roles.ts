import type { HelloDetails } from '../messages/message.ts'

/** The roles of our sessions with their features, as HELLO announces them. */
export const clientRoles: HelloDetails['roles'] = {
  publisher: featuresOf('publisher_identification subscriber_blackwhite_listing publisher_exclusion payload_passthru_mode'),
  subscriber: featuresOf(
    'publisher_identification publication_trustlevels pattern_based_subscription subscription_revocation event_history payload_passthru_mode',
  ),
  caller: featuresOf(
    'caller_identification progressive_call_results progressive_call_invocations call_canceling call_timeout payload_passthru_mode',
  ),
  callee: featuresOf(
    'caller_identification call_trustlevels pattern_based_registration shared_registration progressive_call_results ' +
      'progressive_call_invocations call_canceling call_timeout registration_revocation payload_passthru_mode',
  ),
}

function featuresOf(names: string): { readonly features: Readonly<Record<string, true>> } {
  return { features: Object.fromEntries(names.split(' ').map(name => [name, true])) }
}
