import type { Clock } from './clock.ts'
import { type Allocate, lengthOf, type Octets } from './octets.ts'

/** All pieces as one, some of it in each turn of the event loop: to fill 16 MiB of fresh memory takes as many milliseconds. */
export async function joinedInTurns(pieces: readonly Octets[], allocate: Allocate, clock: Clock): Promise<Octets> {
  const whole = allocate(lengthOf(pieces))
  let at = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += perTurn) {
      const part = piece.subarray(from, from + perTurn)
      whole.set(part, at)
      at += part.length
      await new Promise<void>(resolve => clock.yield(resolve))
    }
  }
  return whole
}

const perTurn = 1024 * 1024
