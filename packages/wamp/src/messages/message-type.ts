/** The codes of the messages, the first element of each. */
export const MessageType = {
  HELLO: 1,
  WELCOME: 2,
  ABORT: 3,
  CHALLENGE: 4,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  PUBLISHED: 17,
  SUBSCRIBE: 32,
  SUBSCRIBED: 33,
  UNSUBSCRIBE: 34,
  UNSUBSCRIBED: 35,
  EVENT: 36,
  CALL: 48,
  CANCEL: 49,
  RESULT: 50,
  REGISTER: 64,
  REGISTERED: 65,
  UNREGISTER: 66,
  UNREGISTERED: 67,
  INVOCATION: 68,
  INTERRUPT: 69,
  YIELD: 70,
} as const

export type MessageName = keyof typeof MessageType
export type MessageCode = (typeof MessageType)[MessageName]

const names = new Map<number, MessageName>(Object.entries(MessageType).map(([name, code]) => [code, name as MessageName]))

/** Returns the name of a message by its code; `undefined` for a code that WAMP does not have. */
export function messageName(code: number): MessageName | undefined {
  return names.get(code)
}
