import { element, fromClient, type MessageRule } from './message-rule.ts'
import type { MessageCode, MessageName } from './message-type.ts'
import { routerMessages } from './router-messages.ts'
import type { ValueKind } from './value-kinds.ts'

/**
 * Returns the rules of a message by its code, as far as a client needs them: what a router sends is checked as by `messageRule`, and of what the
 * client sends itself only the names of the elements are known.
 */
export function clientRule(code: unknown): MessageRule | undefined {
  return rules.find(rule => rule.code === code)
}

/** The messages that a client sends: the code, the name, and the names of the elements. */
const sent = [
  '1 HELLO Realm Details',
  '5 AUTHENTICATE Signature Extra',
  '16 PUBLISH Request Options Topic payload',
  '32 SUBSCRIBE Request Options Topic',
  '34 UNSUBSCRIBE Request SUBSCRIBED.Subscription Options',
  '48 CALL Request Options Procedure payload',
  '49 CANCEL CALL.Request Options',
  '64 REGISTER Request Options Procedure',
  '66 UNREGISTER Request REGISTERED.Registration Options',
  '70 YIELD INVOCATION.Request Options payload',
]
const anything: ValueKind = { wanted: 'anything', holds: () => true }
const rules: readonly MessageRule[] = /* @__PURE__ */ all()

function all(): readonly MessageRule[] {
  const ofClients = sent.map(line => {
    const [code, name, ...elements] = line.split(' ')
    const payload = elements.at(-1) === 'payload' ? (elements.pop() as 'payload') : undefined
    const rules = elements.map(name => element(name, anything))
    return fromClient(Number(code) as MessageCode, name as MessageName, rules, payload)
  })
  return [...routerMessages(), ...ofClients]
}
