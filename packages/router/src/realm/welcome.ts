import { announcement, type Dict, MessageType, type Uri, type Welcome } from '@autobahn-ts/wamp/protocol'
import type { Profile } from './profile.ts'

/** Makes the WELCOME of a session. `resumption`: the attributes that tell how to resume it. */
export function welcome(
  realm: Uri,
  agent: string,
  { session, authid, authrole, authmethod, authprovider, authextra }: Omit<Profile, 'roles'>,
  resumption?: Dict,
): Welcome {
  return [
    MessageType.WELCOME,
    session,
    {
      roles: routerRoles,
      agent,
      realm,
      authid,
      authrole,
      authmethod,
      ...(authprovider === undefined ? {} : { authprovider }),
      ...(authextra === undefined ? {} : { authextra }),
      ...resumption,
    },
  ]
}

/** The roles of the router with the features that it has. */
const routerRoles = {
  broker: announcement<'broker'>(
    'publisher_identification',
    'publication_trustlevels',
    'subscriber_blackwhite_listing',
    'publisher_exclusion',
    'pattern_based_subscription',
    'event_history',
    'event_retention',
    'subscription_revocation',
    'subscription_meta_api',
    'session_meta_api',
    'payload_passthru_mode',
  ),
  dealer: announcement<'dealer'>(
    'progressive_call_results',
    'progressive_call_invocations',
    'call_timeout',
    'call_canceling',
    'caller_identification',
    'call_trustlevels',
    'call_reroute',
    'pattern_based_registration',
    'shared_registration',
    'registration_revocation',
    'registration_meta_api',
    'session_meta_api',
    'testament_meta_api',
    'payload_passthru_mode',
  ),
}
