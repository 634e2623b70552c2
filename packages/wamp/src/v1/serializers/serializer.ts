import { ApiMisuse, heeded, shownValue } from '@autobahn-ts/websocket/portable'
import { malformed } from '../../faults/peer-fault.ts'

/** Turns messages into the text on the wire and back. */
export interface Serializer {
  /** Throws for a message that the format cannot express. */
  serialize(message: readonly unknown[]): string
  /** Throws for a text that is not in the format. */
  unserialize(text: string): unknown
}

/**
 * Serializes a message. Throws what `serialize` throws, and `ApiMisuse` where an application's override returns anything but a string:
 * octets would leave as a binary message, which no peer accepts.
 */
export function serialized(serializer: Serializer, message: readonly unknown[]): string {
  const text: unknown = serializer.serialize(message)
  if (typeof text === 'string') return text
  throw new ApiMisuse(`serialize must return a string, and not ${shownValue(heeded(text))}`)
}

/**
 * Serializes a message that holds a value of the application. Throws `ApiMisuse`, which names it as `what`, where it cannot be serialized.
 */
export function serializedFor(what: string, serializer: Serializer, message: readonly unknown[]): string {
  try {
    return serialized(serializer, message)
  } catch (error) {
    throw new ApiMisuse(`${what} must be serialisable: ${error instanceof Error ? error.message : error}`)
  }
}

/** Parses a received text. One that is not in the format is the peer's fault: throws `PeerMisbehaved` (1002). */
export function parsed(serializer: Serializer, text: string): unknown {
  try {
    return heeded(serializer.unserialize(text))
  } catch {
    throw malformed('a WAMP message is a JSON array')
  }
}
