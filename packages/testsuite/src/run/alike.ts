import type { Event } from '../cases/case.ts'
import { lengthOf, octetsOf } from '../cases/payload.ts'
import { same } from '../wire/octets.ts'

/** Whether an event equals the expected one. A broken rule, or an event that exceeded what the suite keeps, never does. */
export function alike(event: Event, expected: Event): boolean {
  switch (event.kind) {
    case 'text':
    case 'binary':
    case 'pong':
      return (
        expected.kind === event.kind &&
        lengthOf(event.payload) === lengthOf(expected.payload) &&
        same(octetsOf(event.payload), octetsOf(expected.payload))
      )
    case 'mark':
      return expected.kind === 'mark' && expected.name === event.name
    case 'roundTrips':
      return expected.kind === 'roundTrips' && expected.count === event.count
    case 'violation':
    case 'excess':
      return false
  }
}
