import { type Message, MessageType, messageName, type Payload, ProtocolViolation } from '@autobahn-ts/wamp/protocol'
import { BoundedCopy, secret } from './bounded-copy.ts'

/** The direction of a message, as the router sees it: from the client, or to it. */
export type Direction = 'received' | 'sent'

/** A message of a session that is traced, as its watcher gets it. */
export interface TracedMessage {
  /** The time of day, in milliseconds since 1970. */
  readonly time: number
  readonly direction: Direction
  /** The name of its type. */
  readonly type: string
  /** Its elements without the payload, as in the specification. Secrets are left out, long values are cut. */
  readonly message: readonly unknown[]
  /** The payload, where it was asked for, cut to the size that was asked for. */
  readonly payload?: { readonly args: unknown; readonly kwargs: unknown }
  /** The number of messages before this one that the watcher did not get. */
  readonly dropped?: number
}

/**
 * Makes a message as a watcher may see it. `payloadSize` is the number of characters of the payload that are shown, and 0 leaves it out.
 *
 * Signatures, tickets, proofs and whatever else stands under the name of a secret are replaced, wherever they are. A payload may have secrets under
 * names that nobody knows; that is why it is left out by default.
 */
export function tracedMessage(message: Message, direction: Direction, time: number, payloadSize: number): TracedMessage {
  const type = messageName(message[0]) ?? String(message[0])
  const at = payloadPlace.get(message[0])
  const payload = at === undefined ? undefined : (message[at] as Payload | undefined)
  const elements = at === undefined ? message : message.slice(0, at)
  const shown = { time, direction, type, message: shownElements(elements) }
  if (payload === undefined || payloadSize === 0) return shown
  return { ...shown, payload: shownPayload(payload, payloadSize) }
}

/** Copies a payload. That of a trusted role was not checked, and one that cannot be read must not keep the message from its receivers. */
function shownPayload(payload: Payload, size: number): NonNullable<TracedMessage['payload']> {
  const copy = new BoundedCopy(size)
  try {
    return { args: copy.of(payload.args), kwargs: copy.of(payload.kwargs) }
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error
    return { args: unreadable, kwargs: {} }
  }
}

function shownElements(elements: readonly unknown[]): readonly unknown[] {
  const [type] = elements
  if (type === MessageType.AUTHENTICATE) return [type, secret, secret]
  if (type === MessageType.CHALLENGE) return [type, elements[1], secret]
  const copy = new BoundedCopy(mostShown)
  return elements.map(element => copy.of(element))
}

/** The place of the payload in messages that have one. */
const payloadPlace: ReadonlyMap<number, number> = new Map([
  [MessageType.ABORT, 3],
  [MessageType.ERROR, 5],
  [MessageType.PUBLISH, 4],
  [MessageType.EVENT, 4],
  [MessageType.CALL, 4],
  [MessageType.RESULT, 3],
  [MessageType.INVOCATION, 4],
  [MessageType.YIELD, 3],
])

/** Stands in place of a payload that cannot be read. */
const unreadable = '[unreadable]'
/** Characters of a message without its payload. */
const mostShown = 2000
