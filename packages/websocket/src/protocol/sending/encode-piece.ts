import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Clock } from '../../bytes/clock.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import type { MessageTransform } from '../extending/extension.ts'
import { detachedPayload } from '../faults/errors.ts'

/** Which end a piece of a message makes: none, that of a frame, or that of the message. */
export const Piece = { Part: 0, Frame: 1, Final: 2 } as const
export type Piece = (typeof Piece)[keyof typeof Piece]

/**
 * Gives a piece of a message to its encoder. Ends the encoder where the piece ends the message, and flushes it where the piece ends a
 * frame.
 *
 * Large pieces go in slices, so that an encoder that takes several turns copies little at a time. After `longestTurn` other events have
 * their turn.
 */
export function encodePiece(encoder: MessageTransform, octets: Octets, piece: Piece, emit: Emit, clock: Clock): Awaitable<void> {
  if (octets.length > sliceSize) return closedAfter(inSlices(encoder, octets, emit, clock), encoder, piece, emit)
  const written = octets.length === 0 ? undefined : encoder.write(octets, emit)
  return isPromise(written) ? closedAfter(written, encoder, piece, emit) : close(encoder, piece, emit)
}

function closedAfter(written: Promise<void>, encoder: MessageTransform, piece: Piece, emit: Emit): Promise<void> {
  return written.then(() => close(encoder, piece, emit))
}

function close(encoder: MessageTransform, piece: Piece, emit: Emit): Awaitable<void> {
  if (piece === Piece.Final) return encoder.end(emit)
  return piece === Piece.Frame ? encoder.flush?.(emit) : undefined
}

async function inSlices(encoder: MessageTransform, octets: Octets, emit: Emit, clock: Clock): Promise<void> {
  let began = clock.now()
  const { length } = octets
  for (let at = 0; at < length; at += sliceSize) {
    if (octets.length !== length) {
      encoder.abandon?.()
      throw detachedPayload()
    }
    const result = encoder.write(octets.subarray(at, at + sliceSize), emit)
    if (isPromise(result)) await result
    else if (clock.now() - began < longestTurn) continue
    else await new Promise<void>(resolve => clock.yield(resolve))
    began = clock.now()
  }
}

/** Octets that an encoder is given at a time. */
const sliceSize = 64 * 1024

/** Milliseconds of encoding after which other events have their turn. */
const longestTurn = 2
