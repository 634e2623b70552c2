import type { Id } from '../messages/message.ts'
import { ERROR, INVOCATION } from '../messages/message-codes.ts'
import { emptyPayload } from '../messages/payload.ts'
import type { SessionLink } from './session-link.ts'

/** Answers an INVOCATION with the error after which a dealer may ask another callee. */
export function refuse(link: SessionLink, request: Id, why: string): void {
  const payload = { args: [why], kwargs: emptyPayload.kwargs }
  link.send([ERROR, INVOCATION, request, {}, 'wamp.error.unavailable', payload])
}

/** Answers an INVOCATION of a registration that is not there. */
export function refuseUnknown(link: SessionLink, request: Id, registration: Id): void {
  refuse(link, request, `there is no registration ${registration}`)
}
