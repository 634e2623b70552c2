import { checkedMemory } from '../application/payload.ts'
import type { Octets } from '../bytes/octets.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { Memory, ReadableBlob, Source } from './connection.ts'
import { asMisuse, type InPieces, isBlob, isPieces } from './pieces.ts'
import type { TextPieces } from './text-pieces.ts'

/** A message that `send` takes. */
export type Sendable = string | Memory | ReadableBlob | Source<string | Memory>

/** A message after the check of its type: a text, octets as a plain array, or something whose octets have to be asked for. */
export type CheckedMessage = string | Octets | InPieces

/**
 * Returns the message if it is one; octets as a plain array. A list is copied and each of its pieces is checked before anything is sent.
 * `isText`: pieces may be strings. Throws `ApiMisuse` for anything else.
 */
export function checkedSendable(given: Sendable, isText = false): CheckedMessage {
  if (typeof given === 'string') return given
  try {
    // most messages that are not texts; the other questions take longer
    if (ArrayBuffer.isView(given)) return checkedMemory(given, wanted, asJson)
    if (!isPieces(given)) return isBlob(given) ? given : checkedMemory(given, wanted, asJson)
    if (!Array.isArray(given)) return given
    const pieces: unknown[] = [...given]
    for (const piece of pieces) if (!isText || typeof piece !== 'string') checkedPiece(piece)
    return pieces
  } catch (error) {
    throw payloadMisuse(error, given)
  }
}

/** Turns an error of a wrong payload into `ApiMisuse`, which names the payload. */
export function payloadMisuse(error: unknown, given: Sendable): ApiMisuse {
  return asMisuse(error, `a payload must be ${wanted}, and not ${shownValue(given)}`)
}

/** Tells whether the octets of a message have to be asked for. */
export function isInPieces(message: CheckedMessage): message is InPieces {
  return typeof message !== 'string' && !ArrayBuffer.isView(message)
}

/** Returns the octets of a piece of a message. Throws `ApiMisuse` for anything else. */
export function octetsOfPiece(piece: unknown, text: TextPieces | undefined): Octets {
  return text === undefined ? checkedPiece(piece) : text.octetsOf(piece)
}

function checkedPiece(value: unknown): Octets {
  if (typeof value === 'string')
    throw new ApiMisuse(
      'a piece of a stream must be a Uint8Array, and not a string: send text with { binary: false }, or open the stream without an encoding',
    )
  return checkedMemory(value, 'a Uint8Array', `${asJson}, a list as well`)
}

const wanted = 'a string, a Uint8Array, or a source of Uint8Arrays'
const asJson = 'sendJson sends it as JSON'
