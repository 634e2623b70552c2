import * as codes from './message-codes.ts'

/** The codes of the messages, the first element of each. */
export const MessageType: typeof codes = { ...codes }

export type MessageName = keyof typeof MessageType
export type MessageCode = (typeof MessageType)[MessageName]

const names = new Map<number, MessageName>(Object.entries(MessageType).map(([name, code]) => [code, name as MessageName]))

/** Returns the name of a message by its code; `undefined` for a code that WAMP does not have. */
export function messageName(code: number): MessageName | undefined {
  return names.get(code)
}
