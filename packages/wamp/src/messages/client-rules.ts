import { AUTHENTICATE, CALL, CANCEL, HELLO, PUBLISH, REGISTER, SUBSCRIBE, UNREGISTER, UNSUBSCRIBE, YIELD } from './message-codes.ts'
import { element, fromClient, type MessageRule } from './message-rule.ts'
import { routerMessages } from './router-messages.ts'
import type { ValueKind } from './value-kinds.ts'

/**
 * Returns the rules of a message by its code, as far as a client needs them: what a router sends is checked as by `messageRule`, and of what the
 * client sends itself only the names of the elements are known.
 */
export function clientRule(code: unknown): MessageRule | undefined {
  return rules.get(code)
}

const anything: ValueKind = { wanted: 'anything', holds: () => true }
const rules: ReadonlyMap<unknown, MessageRule> = /* @__PURE__ */ byCode()

function byCode(): ReadonlyMap<unknown, MessageRule> {
  const all = [
    ...routerMessages(),
    fromClient(HELLO, 'HELLO', named('Realm Details')),
    fromClient(AUTHENTICATE, 'AUTHENTICATE', named('Signature Extra')),
    fromClient(PUBLISH, 'PUBLISH', named('Request Options Topic'), 'payload'),
    fromClient(SUBSCRIBE, 'SUBSCRIBE', named('Request Options Topic')),
    fromClient(UNSUBSCRIBE, 'UNSUBSCRIBE', named('Request SUBSCRIBED.Subscription Options')),
    fromClient(CALL, 'CALL', named('Request Options Procedure'), 'payload'),
    fromClient(CANCEL, 'CANCEL', named('CALL.Request Options')),
    fromClient(REGISTER, 'REGISTER', named('Request Options Procedure')),
    fromClient(UNREGISTER, 'UNREGISTER', named('Request REGISTERED.Registration Options')),
    fromClient(YIELD, 'YIELD', named('INVOCATION.Request Options'), 'payload'),
  ]
  return new Map(all.map(rule => [rule.code, rule]))
}

function named(names: string): MessageRule['elements'] {
  return names.split(' ').map(name => element(name, anything))
}
