import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compressor } from '../../../src/bytes/deflate.ts'
import { joined, type Octets } from '../../../src/bytes/octets.ts'
import { Deflating } from '../../../src/extensions/permessage-deflate/deflating.ts'

describe('Deflating', () => {
  it('takes the last four octets off the end, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1 }),
        fc.array(fc.nat(4), { maxLength: 3 }),
        (pieces, cuts) => {
          const tail = [0, 0, 255, 255]
          const flushed = [...pieces, ...cut(tail, cuts)]
          const got = end(flushed)
          expect([...got]).toEqual([...joined(pieces)])
        },
      ),
    )
  })

  it('ends with an empty block where nothing is to be flushed', () => {
    const emitted: number[] = []
    let ended = 0
    const deflating = new Deflating({} as Compressor, () => void ended++)
    deflating.end(octets => void emitted.push(...octets))
    expect([emitted, ended]).toEqual([[0], 1])
  })
})

function end(pieces: readonly Octets[]): Octets {
  const emitted: Octets[] = []
  const compressor = {
    write: () => undefined,
    flush: (emit: (octets: Octets) => void) => {
      for (const piece of pieces) emit(piece)
    },
  } as unknown as Compressor
  const deflating = new Deflating(compressor, () => undefined)
  deflating.write(Uint8Array.of(1), () => undefined)
  deflating.end(octets => void emitted.push(Uint8Array.from(octets)))
  return joined(emitted)
}

function cut(octets: readonly number[], cuts: readonly number[]): Octets[] {
  const places = [0, ...cuts.toSorted(), octets.length]
  return places.slice(1).map((place, i) => Uint8Array.from(octets.slice(places[i], place)))
}
