import type { Octets } from '@autobahn-ts/websocket/portable'
import type { Piece } from './message-head.ts'

/** Cuts octets into pieces of at most `size`. The last one has what is left. */
export function pieces(octets: Octets, size: number): { readonly piece: Piece; readonly payload: Octets }[] {
  const count = Math.max(1, Math.ceil(octets.length / size))
  return Array.from({ length: count }, (_, index) => ({
    piece: { index, count, total: octets.length },
    payload: octets.subarray(index * size, (index + 1) * size),
  }))
}

/**
 * Joins messages that were cut. The pieces of one publisher under one subject come one after the other; where one is missing, the message is
 * given up.
 *
 * Memory is taken for what has come, and never for what was announced: at most `mostWaiting` octets for all messages together, in at most 100,000
 * pieces. A message in several pieces has none without octets.
 */
export class PieceJoiner {
  readonly #mostInMessage: number
  readonly #mostWaiting: number
  readonly #messages = new Map<string, Gathered>()
  #waiting = 0
  #waitingPieces = 0

  constructor(mostInMessage: number, mostWaiting: number) {
    this.#mostInMessage = mostInMessage
    this.#mostWaiting = mostWaiting
  }

  /** The number of octets that wait for further pieces. */
  get waiting(): number {
    return this.#waiting
  }

  /**
   * Takes a piece. `key` names the publisher and the subject. Returns the message with its last piece; `'incomplete'` while more are to
   * come; and `'lost'` where the piece does not continue its message, or there is no room for it.
   */
  take(key: string, number: number, piece: Piece, payload: Octets): Octets | 'incomplete' | 'lost' {
    if (piece.index === 0) this.forget(key)
    const gathered = this.#messages.get(key) ?? { number, total: piece.total, count: piece.count, pieces: [], length: 0 }
    if (!continues(gathered, number, piece) || !this.#hasRoom(gathered, payload)) {
      this.forget(key)
      return 'lost'
    }
    gathered.pieces.push(payload)
    gathered.length += payload.length
    this.#waiting += payload.length
    this.#waitingPieces++
    this.#messages.set(key, gathered)
    if (piece.index < piece.count - 1) return 'incomplete'
    this.forget(key)
    return gathered.length === gathered.total ? joined(gathered) : 'lost'
  }

  /** Gives up the message that is incomplete. Tells whether there was one. */
  forget(key: string): boolean {
    const gathered = this.#messages.get(key)
    this.#waiting -= gathered?.length ?? 0
    this.#waitingPieces -= gathered?.pieces.length ?? 0
    return this.#messages.delete(key)
  }

  /** Gives up all messages whose keys fulfil a condition. */
  forgetAll(isForgotten: (key: string) => boolean): void {
    for (const key of this.#messages.keys()) if (isForgotten(key)) this.forget(key)
  }

  #hasRoom({ length, count }: Gathered, payload: Octets): boolean {
    if ((payload.length === 0 && count > 1) || this.#waitingPieces >= mostPieces) return false
    return length + payload.length <= this.#mostInMessage && this.#waiting + payload.length <= this.#mostWaiting
  }
}

interface Gathered {
  readonly number: number
  readonly total: number
  readonly count: number
  readonly pieces: Octets[]
  length: number
}

function continues({ number, total, count, pieces }: Gathered, itsNumber: number, piece: Piece): boolean {
  return (
    itsNumber === number && piece.total === total && piece.count === count && piece.index === pieces.length && piece.index < piece.count
  )
}

function joined({ pieces, length }: Gathered): Octets {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

const mostPieces = 100_000
