import type { CloseExpectation, Event, Outcome } from '../cases/case.ts'
import { lengthOf } from '../cases/payload.ts'
import { alike } from './alike.ts'
import type { Ending } from './judge.ts'

/** Describes in one sentence what was expected and what came instead, both from the first event that differs. */
export function differenceOf(outcome: Outcome, events: readonly Event[], close: CloseExpectation, ending: Ending): string {
  const wanted = outcome.events === 'any' ? [] : outcome.events
  const difference = events.findIndex((event, at) => wanted[at] === undefined || !alike(event, wanted[at]))
  const from = difference === -1 ? events.length : difference
  const expected = [...wanted.slice(from).map(wordsOf), expectedClose(outcome.close ?? close)]
  const came = [...events.slice(from).map((event, at) => wordsBeside(event, wanted[from + at])), closeOf(ending)]
  const start = from === 0 ? 'Expected' : `After ${joined(events.slice(0, from).map(wordsOf))}: expected`
  return `${start} ${joined(expected)}; got ${joined(came)}.`
}

/** Describes the expected way of closing, in words for the end of a sentence. */
export function expectedClose({ by, codes, clean, informational }: CloseExpectation): string {
  if (informational === true) return 'a close of any kind'
  const who = by === 'either' ? 'a close' : `a close by the ${by}`
  const code = codes.map(each => (each === 'none' ? 'no code' : String(each))).join(' or ')
  if (by === 'fuzzer') return `a close by the fuzzer that the testee answers with ${code}${clean ? '' : ' or by dropping TCP'}`
  return `${who} with ${code}${clean ? '' : ' or a drop of TCP'}`
}

/** Describes how a connection was closed. */
export function closeOf({ firstToClose, receivedClose, droppedBy }: Ending): string {
  const frame =
    receivedClose === undefined ? undefined : receivedClose.code === undefined ? 'an empty close frame' : `close ${receivedClose.code}`
  if (firstToClose === 'testee') return frame === undefined ? 'a drop of TCP by the testee' : `${frame} from the testee first`
  if (firstToClose === undefined) return 'no close at all'
  if (frame !== undefined) return `a close by the fuzzer, which the testee answered with ${frame}`
  return `a close by the fuzzer, upon which the testee ${droppedBy === 'testee' ? 'dropped TCP' : 'sent no close frame'}`
}

/** Describes an event: `a text message of 7 bytes`. */
function wordsOf(event: Event): string {
  switch (event.kind) {
    case 'text':
    case 'binary':
      return `a ${event.kind} message of ${counted(lengthOf(event.payload), 'byte')}`
    case 'pong':
      return `a pong of ${counted(lengthOf(event.payload), 'byte')}`
    case 'mark':
      return `"${event.name}"`
    case 'roundTrips':
      return counted(event.count, 'round trip')
    case 'violation':
      return `a broken rule (${event.what})`
    case 'excess':
      return `too much (${event.what})`
  }
}

/** Describes an event so that it differs from the expected one, even where only the content does. */
function wordsBeside(event: Event, expected: Event | undefined): string {
  const words = wordsOf(event)
  return expected !== undefined && !alike(event, expected) && words === wordsOf(expected) ? `${words} with other content` : words
}

/** Joins words to an enumeration: `a, b, then c`. Leaves out the middle of long lists. */
function joined(words: readonly string[]): string {
  const shown = words.length > mostShown ? [...words.slice(0, mostShown - 1), `${words.length - mostShown} more`, words.at(-1)!] : words
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')}, then ${shown.at(-1)}`
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const mostShown = 6
