import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GlobalIds, idAfter, type RandomOctets, randomGlobalId, SessionIds } from '../../src/messages/ids.ts'
import { maxId } from '../../src/messages/value-kinds.ts'

const allZero: RandomOctets = { getRandomValues: octets => octets.fill(0) }
const allOnes: RandomOctets = { getRandomValues: octets => octets.fill(255) }

describe('global ids', () => {
  it('go from 1 to 2^53', () => {
    expect([randomGlobalId(allZero), randomGlobalId(allOnes)]).toEqual([1, 2 ** 53])
    expect([new GlobalIds(allZero).next(), new GlobalIds(allOnes).next()]).toEqual([1, 2 ** 53])
  })

  it('depend on each of the 53 bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), octets => {
        const wanted = octets.reduce((bits, octet) => bits * 256n + BigInt(octet), 0n) & (2n ** 53n - 1n)
        const fixed: RandomOctets = {
          getRandomValues: target => {
            target.set(octets)
            return target
          },
        }
        expect(BigInt(randomGlobalId(fixed))).toBe(wanted + 1n)
      }),
    )
  })

  it('are not repeated, also when they come from one request for random octets', () => {
    const ids = new GlobalIds(crypto)
    const seen = new Set(Array.from({ length: 1000 }, () => ids.next()))
    expect(seen.size).toBe(1000)
    for (const id of seen) expect(Number.isInteger(id) && id >= 1 && id <= maxId).toBe(true)
  })

  it('ask for random octets once for many', () => {
    let requests = 0
    const ids = new GlobalIds({
      getRandomValues: octets => {
        requests++
        return crypto.getRandomValues(octets)
      },
    })
    for (let n = 0; n < 129; n++) ids.next()
    expect(requests).toBe(2)
  })
})

describe('ids of a session', () => {
  it('count from 1', () => {
    const ids = new SessionIds()
    expect([ids.next(), ids.next(), ids.next()]).toEqual([1, 2, 3])
  })

  it('begin again after 2^53', () => {
    const ids = new SessionIds(maxId - 1)
    expect([ids.next(), ids.next(), ids.next()]).toEqual([2 ** 53, 1, 2])
  })

  it('follow each other', () => {
    expect([0, 1, maxId - 1, maxId].map(idAfter)).toEqual([1, 2, maxId, 1])
  })
})
