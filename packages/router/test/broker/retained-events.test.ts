import { describe, expect, it } from 'vitest'
import { publicationOfRouter } from '../../src/broker/publication.ts'
import { RetainedEvents } from '../../src/broker/retained-events.ts'

describe('RetainedEvents', () => {
  it('has the last event of each topic', () => {
    const retained = kept(10, 'a', 'b', 'a')
    expect(retained.size).toBe(2)
    expect(retained.matching('exact', 'a').map(({ id }) => id)).toEqual([2])
    expect(retained.matching('exact', 'c')).toEqual([])
  })

  it('finds the events of patterns', () => {
    const retained = kept(10, 'com.a', 'com.b.c', 'org.a')
    expect(retained.matching('prefix', 'com').map(({ topic }) => topic)).toEqual(['com.a', 'com.b.c'])
    expect(retained.matching('wildcard', '.a').map(({ topic }) => topic)).toEqual(['com.a', 'org.a'])
  })

  it('above its limit loses the one that was kept first', () => {
    const retained = kept(2, 'a', 'b', 'a', 'c')
    expect(retained.matching('prefix', '').map(({ topic }) => topic)).toEqual(['a', 'c'])
    expect(kept(0, 'a').size).toBe(0)
  })

  it('above its octets loses those that were kept first, and an event that is larger than all of them', () => {
    const retained = new RetainedEvents(10, 3000)
    const publish = (topic: string, size: number) => retained.keep(publicationOfRouter(1, topic, ['x'.repeat(size)]))
    const topics = () => retained.matching('prefix', '').map(({ topic }) => topic)
    for (const topic of ['a', 'b', 'c']) publish(topic, 500)
    expect(topics()).toEqual(['a', 'b', 'c'])
    publish('d', 1500)
    expect(topics()).toEqual(['c', 'd'])
    expect(retained.octets).toBeLessThanOrEqual(3000)
    publish('d', 10)
    publish('a', 1000)
    expect(topics()).toEqual(['c', 'd', 'a'])
    publish('e', 3000)
    expect([topics(), retained.octets]).toEqual([[], 0])
  })
})

function kept(limit: number, ...topics: readonly string[]): RetainedEvents {
  const retained = new RetainedEvents(limit, 1_000_000)
  for (const [n, topic] of topics.entries()) retained.keep(publicationOfRouter(n, topic, []))
  return retained
}
