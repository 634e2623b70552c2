import { describe, expect, it } from 'vitest'
import { came, ok } from '../../src/cases/words.ts'
import { roundTripFigures, shownEvents, shownOutcomes } from '../../src/run/case-record.ts'

describe('a record', () => {
  it('has figures of round trips', () => {
    expect(roundTripFigures([3, 1, 2], 30)).toEqual({
      roundTrips: { count: 3, shortest: 1, median: 2, longest: 3, sum: 6 },
      echoedOctets: 30,
    })
    expect(roundTripFigures([], 0)).toEqual({})
  })

  it('has events and outcomes as plain data', () => {
    expect(shownEvents([came.text('a'), came.mark('m')])).toEqual([
      { kind: 'text', payload: { length: 1, head: '61', omitted: 0, tail: '' } },
      { kind: 'mark', name: 'm' },
    ])
    expect(shownOutcomes([ok(), { behavior: 'INFORMATIONAL', events: 'any' }])).toEqual([
      { behavior: 'OK', events: [] },
      { behavior: 'INFORMATIONAL', events: 'any' },
    ])
  })
})
