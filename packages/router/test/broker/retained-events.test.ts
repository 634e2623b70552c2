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
})

function kept(limit: number, ...topics: readonly string[]): RetainedEvents {
  const retained = new RetainedEvents(limit)
  for (const [n, topic] of topics.entries()) retained.keep(publicationOfRouter(n, topic, []))
  return retained
}
