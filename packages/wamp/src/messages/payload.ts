/** The keyword arguments of a message. */
export type Kwargs = Readonly<Record<string, unknown>>

/**
 * The application's part of a message: `Arguments` and `ArgumentsKw`. One that was received is decoded when it is read for the first time.
 *
 * A message without a payload has `undefined` in this place; `args` and `kwargs` of a payload are empty where the message left them out.
 */
export interface Payload {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs
}

const noArgs: readonly unknown[] = Object.freeze([])
const noKwargs: Kwargs = Object.freeze({})

/** Makes the payload of a message to be sent; `undefined` where both parts are empty, because WAMP leaves those out. */
export function payloadOf(args: readonly unknown[] = noArgs, kwargs: Kwargs = noKwargs): Payload | undefined {
  for (const _ in kwargs) return { args, kwargs }
  return args.length === 0 ? undefined : { args, kwargs }
}

/** The payload of a message that has none. */
export const emptyPayload: Payload = Object.freeze({ args: noArgs, kwargs: noKwargs })
