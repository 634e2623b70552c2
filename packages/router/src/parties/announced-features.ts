import { type AnnouncedRoles, announces } from '@autobahn-ts/wamp/protocol'

/** The features that a client has announced, as far as a router acts on them. */
export interface AnnouncedFeatures {
  /** Whether its callee understands INTERRUPT. */
  readonly isInterruptible: boolean
  /** Whether its callee yields progressive results. */
  readonly yieldsProgress: boolean
  /** Whether its callee takes calls in several parts. */
  readonly takesParts: boolean
  /** Whether its callee ends calls by their timeout itself. */
  readonly keepsTimeouts: boolean
  /** Whether its callee takes payloads that only it understands. */
  readonly takesPassthru: boolean
  readonly knowsRevokedRegistrations: boolean
  readonly knowsRevokedSubscriptions: boolean
  /** Whether its caller has announced that it takes progressive results. */
  readonly takesProgress: boolean
  /** Whether its caller has announced that it sends calls in several parts. */
  readonly sendsParts: boolean
  /** Whether the role that sends such a payload has announced it. */
  readonly callsPassthru: boolean
  readonly publishesPassthru: boolean
}

/** Reads the features that matter here from the roles of a HELLO. Equal features are one object, because most clients announce the same. */
export function featuresOf(roles: AnnouncedRoles): AnnouncedFeatures {
  const features = readFrom(roles)
  const key = Object.values(features).join()
  const known = all.get(key) ?? features
  all.set(key, known)
  return known
}

/** The features that clients have announced so far: one of at most 2^11 for each client that differs. */
const all = new Map<string, AnnouncedFeatures>()

function readFrom(roles: AnnouncedRoles): AnnouncedFeatures {
  return {
    isInterruptible: announces(roles, 'callee', 'call_canceling'),
    yieldsProgress: announces(roles, 'callee', 'progressive_call_results'),
    takesParts: announces(roles, 'callee', 'progressive_call_invocations'),
    keepsTimeouts: announces(roles, 'callee', 'call_timeout'),
    takesPassthru: announces(roles, 'callee', 'payload_passthru_mode'),
    knowsRevokedRegistrations: announces(roles, 'callee', 'registration_revocation'),
    knowsRevokedSubscriptions: announces(roles, 'subscriber', 'subscription_revocation'),
    takesProgress: announces(roles, 'caller', 'progressive_call_results'),
    sendsParts: announces(roles, 'caller', 'progressive_call_invocations'),
    callsPassthru: announces(roles, 'caller', 'payload_passthru_mode'),
    publishesPassthru: announces(roles, 'publisher', 'payload_passthru_mode'),
  }
}
