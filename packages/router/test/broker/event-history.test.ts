import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audienceOf } from '../../src/broker/audience.ts'
import { EventHistory, type HistoryFilter } from '../../src/broker/event-history.ts'
import { keptSize } from '../../src/broker/kept-size.ts'
import { publicationOfRouter } from '../../src/broker/publication.ts'

describe('EventHistory', () => {
  it('keeps the last events', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 20 }), (limit, count) => {
        const history = historyOf(limit, count)
        const all = Array.from({ length: count }, (_, n) => n + 1)
        expect(idsOf(history)).toEqual(all.slice(-limit))
        expect(history.size).toBe(Math.min(limit, count))
      }),
    )
  })

  it('keeps the last events that fit when its size changes, and later ones by the new size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        (limit, count, resized) => {
          const history = historyOf(limit, count)
          const before = idsOf(history)
          history.resize(resized)
          expect(idsOf(history)).toEqual(before.slice(-resized))
          expect(history.size).toBe(Math.min(before.length, resized))
          history.keep(publicationOfRouter(100, 'com.new', []), 0)
          expect(idsOf(history)).toEqual([...before, 100].slice(-resized))
        },
      ),
    )
  })

  it('keeps the last events that fit into its octets', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 30 }), fc.integer({ min: 0, max: 3000 }), (sizes, octets) => {
        const history = new EventHistory(10, octets)
        const all = sizes.map((size, n) => publicationOfRouter(n + 1, 'com.a', ['x'.repeat(size)]))
        for (const each of all) history.keep(each, 0)
        const kept = history.find({}, '', '').map(({ publication }) => publication)
        expect(kept).toEqual(all.slice(all.length - history.size))
        expect(history.octets).toBe(kept.reduce((sum, each) => sum + keptSize(each), 0))
        expect(history.octets).toBeLessThanOrEqual(octets)
        const oneMore = all.slice(Math.max(0, all.length - history.size - 1))
        const isFull = oneMore.length > 10 || oneMore.reduce((sum, each) => sum + keptSize(each), 0) > octets
        expect(history.size === all.length || isFull).toBe(true)
      }),
    )
  })

  // Five events 1 to 5, at the times 10 to 50.
  it.each<[HistoryFilter, number[]]>([
    [{ fromTime: 20 }, [2, 3, 4, 5]],
    [{ afterTime: 20 }, [3, 4, 5]],
    [{ beforeTime: 20 }, [1]],
    [{ untilTime: 20 }, [1, 2]],
    [{ afterTime: 10, beforeTime: 40 }, [2, 3]],
    [{ topic: 'odd' }, [1, 3, 5]],
    [{ fromPublication: 3 }, [3, 4, 5]],
    [{ afterPublication: 3 }, [4, 5]],
    [{ beforePublication: 3 }, [1, 2]],
    [{ untilPublication: 3 }, [1, 2, 3]],
    [{ afterPublication: 4, beforePublication: 2 }, []],
    [{ afterPublication: 99 }, []],
    [{ fromPublication: 99 }, []],
    [{ beforePublication: 99 }, []],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 2, reverse: true }, [5, 4]],
    [{ reverse: true, topic: 'even' }, [4, 2]],
  ])('finds by all filters together: %j', (filter, ids) => {
    expect(idsOf(historyOf(9, 5), filter)).toEqual(ids)
  })

  it('does not keep events for sessions, and gives others to those who may have them', () => {
    const history = new EventHistory(5, 1_000_000)
    history.keep({ ...publicationOfRouter(1, 'a', []), audience: audienceOf({ eligible: [7] }) }, 0)
    history.keep({ ...publicationOfRouter(2, 'a', []), audience: audienceOf({ exclude_authrole: ['guest'] }) }, 0)
    expect(idsOf(history)).toEqual([2])
    expect(history.find({}, 'joe', 'guest')).toEqual([])
  })
})

function historyOf(limit: number, count: number): EventHistory {
  const history = new EventHistory(limit, 1_000_000)
  for (let n = 1; n <= count; n++) history.keep(publicationOfRouter(n, n % 2 === 1 ? 'odd' : 'even', []), n * 10)
  return history
}

function idsOf(history: EventHistory, filter: HistoryFilter = {}): number[] {
  return history.find(filter, 'joe', 'user').map(({ publication }) => publication.id)
}
