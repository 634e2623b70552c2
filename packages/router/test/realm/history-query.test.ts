import { describe, expect, it } from 'vitest'
import { historyFilter } from '../../src/realm/history-query.ts'
import { MetaArguments } from '../../src/realm/meta-arguments.ts'

const filter = (kwargs: Record<string, unknown>) => historyFilter(new MetaArguments({ args: [], kwargs }))

describe('historyFilter', () => {
  it('reads all filters', () => {
    const time = '2026-01-01T00:00:00Z'
    expect(
      filter({
        reverse: true,
        limit: 3,
        from_time: time,
        after_time: '2026-01-01T01:00:00.5+01:00',
        before_time: time,
        until_time: time,
        topic: 'com.x',
        from_publication: 1,
        after_publication: 2,
        before_publication: 3,
        until_publication: 4,
      }),
    ).toEqual({
      reverse: true,
      limit: 3,
      fromTime: Date.parse(time),
      afterTime: Date.parse(time) + 500,
      beforeTime: Date.parse(time),
      untilTime: Date.parse(time),
      topic: 'com.x',
      fromPublication: 1,
      afterPublication: 2,
      beforePublication: 3,
      untilPublication: 4,
    })
  })

  it.each([
    { reverse: 1 },
    { limit: 0 },
    { limit: 1.5 },
    { from_time: 'yesterday' },
    { from_time: '2026-13-01T00:00:00Z' },
    { topic: 1 },
    { from_publication: 'x' },
  ])('refuses a value of another kind: %j', kwargs => {
    expect(() => filter(kwargs)).toThrow('must be')
  })
})
