import { ApiMisuse, checkOptions, type OptionChecks, optionCheck, shownValue } from '@autobahn-ts/websocket/portable'
import { anObject } from '../auth/auth-checks.ts'
import type { Principal } from '../auth/method.ts'
import type { Refusal } from './realm-door.ts'

const text = optionCheck('a string', value => typeof value === 'string')

const refusalChecks: OptionChecks<Refusal> = {
  reason: optionCheck('a URI', value => typeof value === 'string' && value !== ''),
  message: text,
}
const principalChecks: OptionChecks<Principal> = {
  authid: text,
  authrole: text,
  authprovider: text,
  authextra: anObject,
}

/**
 * Reads what `beforeJoin` has returned about a client that has proved itself: nothing lets it in as it is, a principal as that one, and a refusal
 * not at all. Throws for everything else, so that nobody is let in by mistake: an error that was returned, as if it had been thrown, and `ApiMisuse`
 * for any other value.
 */
export function joinDecision(returned: unknown, proved: Principal): Principal | Refusal {
  if (returned === undefined || returned === null) return proved
  if (returned instanceof Error) throw returned
  if (typeof returned !== 'object') throw unclear(returned)
  if ('reason' in returned || 'message' in returned) {
    checkOptions<Refusal>(returned, refusalChecks, 'a refusal of beforeJoin')
    const { reason, message = '' } = returned as Partial<Refusal>
    if (reason === undefined) throw unclear(returned)
    return { reason, message }
  }
  checkOptions<Principal>(returned, principalChecks, 'a principal of beforeJoin')
  const { authid, authrole } = returned as Partial<Principal>
  if (authid === undefined || authrole === undefined) throw unclear(returned)
  return returned as Principal
}

function unclear(returned: unknown): ApiMisuse {
  return new ApiMisuse(
    `beforeJoin returned ${shownValue(returned)}, which lets nobody in: return nothing, a principal with authid and authrole, or a refusal with reason and message`,
  )
}
