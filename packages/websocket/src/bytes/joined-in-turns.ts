import type { Clock } from './clock.ts'
import { type Allocate, lengthOf, type Octets, type ReceivedOctets } from './octets.ts'
import { unfinishedMessages, type WorkLane } from './work-lane.ts'

/**
 * Joins pieces, some of them in each turn of the event loop: filling 16 MiB of fresh memory takes about 16 ms.
 *
 * Meanwhile the octets are in memory twice. So one message is joined at a time, before others are decompressed.
 */
export async function joinedInTurns(
  pieces: readonly Octets[],
  allocate: Allocate,
  clock: Clock,
  lane: WorkLane = unfinishedMessages,
): Promise<ReceivedOctets> {
  const place = lane.enterSmall()
  try {
    await place.entered
    return await joined(pieces, allocate(lengthOf(pieces)), clock)
  } finally {
    place.leave()
  }
}

async function joined(pieces: readonly Octets[], whole: ReceivedOctets, clock: Clock): Promise<ReceivedOctets> {
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
