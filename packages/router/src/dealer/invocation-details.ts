import type { CallOptions, InvocationDetails, Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'
import { addPassthru, hasPassthru, type NewDetails, noDetails } from '../parties/passthru.ts'
import type { Assignment, Registration } from './registration.ts'

/** A call as the details of its INVOCATION depend on it. */
export interface CallFacts {
  readonly party: Party
  readonly procedure: Uri
  readonly options: CallOptions
  /** Whether the caller is told to the callee, whatever the callee has asked for. */
  readonly isDisclosed: boolean
}

/** Makes the details of an INVOCATION. `isPart`: more parts of the call follow. */
export function invocationDetails(call: CallFacts, registration: Registration, assignment: Assignment, isPart: boolean): InvocationDetails {
  const { options, party } = call
  const isProgressive = options.receive_progress === true && assignment.callee.features.yieldsProgress
  const isDisclosed = call.isDisclosed || assignment.disclosesCaller || party.isLink
  const timeout = forwardedTimeout(options, assignment)
  const isPassthru = hasPassthru(options)
  const { trustLevel } = party
  const isPlain = !registration.isPattern && !isProgressive && !isDisclosed && !isPart && timeout === 0 && !isPassthru
  if (isPlain && trustLevel === undefined) return noDetails
  const details: NewDetails = {}
  if (registration.isPattern) details.procedure = call.procedure
  if (isProgressive) details.receive_progress = true
  if (isPart) details.progress = true
  if (timeout > 0) details.timeout = timeout
  if (trustLevel !== undefined) details.trustlevel = trustLevel
  if (party.isLink) addOriginalCaller(call, isDisclosed, details)
  else if (isDisclosed) addCaller(party, details)
  if (isPassthru) addPassthru(options, details)
  return details
}

/** Returns the milliseconds after which the callee itself ends a call; 0 where the dealer does. */
export function forwardedTimeout({ timeout = 0 }: CallOptions, { forwardsTimeout, callee }: Assignment): number {
  return forwardsTimeout && callee.features.keepsTimeouts ? timeout : 0
}

function addCaller({ id, authid, authrole }: Party, details: NewDetails): void {
  details.caller = id
  details.caller_authid = authid
  details.caller_authrole = authrole
}

/** Adds the caller that a link to another router has named; the link itself where it has named none and callers are told. */
function addOriginalCaller({ party, options }: CallFacts, isDisclosed: boolean, details: NewDetails): void {
  const { caller, caller_authid, caller_authrole, forward_for } = options
  const first = forward_for?.[0]
  if (caller === undefined && first !== undefined) {
    details.caller = first.session
    if (first.authid !== null) details.caller_authid = first.authid
    details.caller_authrole = first.authrole
  } else if (caller === undefined) {
    if (isDisclosed) addCaller(party, details)
  } else {
    details.caller = caller
    if (caller_authid !== undefined) details.caller_authid = caller_authid
    if (caller_authrole !== undefined) details.caller_authrole = caller_authrole
  }
  if (forward_for !== undefined) details.forward_for = forward_for
}
