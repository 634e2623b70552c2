import { latin1, utf8 } from '../wire/octets.ts'
import type { Case, Opening, UsualRequest, UsualResponse } from './case.ts'
import { answers, came, cleanClose, close, ok, send, text } from './words.ts'

// The words for cases about the opening handshake.

/** Header lines to take the place of those that have these names: `undefined` leaves one out, a list writes it so often. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>

/** The usual lines with changes; a header that is not among them is put at the end. */
export function changed(lines: readonly string[], changes: Changes): string[] {
  const left = new Map(Object.entries(changes))
  const kept = lines.flatMap(line => {
    const name = [...left.keys()].find(each => line.toLowerCase().startsWith(`${each.toLowerCase()}:`))
    if (name === undefined) return [line]
    const values = left.get(name)
    left.delete(name)
    return written(name, values)
  })
  return [...kept, ...[...left].flatMap(([name, values]) => written(name, values))]
}

function written(name: string, values: string | readonly string[] | undefined): string[] {
  return (values === undefined ? [] : typeof values === 'string' ? [values] : values).map(value => `${name}: ${value}`)
}

/** A head of lines, and what comes behind it. */
export function head(lines: readonly string[], behind = ''): Uint8Array {
  return utf8(`${lines.join('\r\n')}\r\n\r\n${behind}`)
}

/** A request with changes to its headers. */
export function request(changes: Changes, behind = ''): Pick<Opening, 'request'> {
  return { request: ({ lines }) => head(changed(lines, changes), behind) }
}

/** A request whose first line is another. */
export function requestLine(line: (usual: UsualRequest) => string, changes: Changes = {}): Pick<Opening, 'request'> {
  return { request: usual => head([line(usual), ...changed(usual.lines, changes).slice(1)]) }
}

/** A request whose lines are made anew. */
export function requestLines(make: (usual: UsualRequest) => readonly string[], behind = ''): Pick<Opening, 'request'> {
  return { request: usual => head(make(usual), behind) }
}

/** A response with changes to its headers. */
export function response(changes: Changes | ((usual: UsualResponse) => Changes), behind = ''): Pick<Opening, 'response'> {
  return { response: usual => head(changed(usual.lines, typeof changes === 'function' ? changes(usual) : changes), behind) }
}

/** A response whose status line is another. */
export function statusLine(line: string, changes: Changes = {}): Pick<Opening, 'response'> {
  return { response: ({ lines }) => head([line, ...changed(lines, changes).slice(1)]) }
}

/** A response whose lines are made anew. */
export function responseLines(make: (usual: UsualResponse) => readonly string[], behind = ''): Pick<Opening, 'response'> {
  return { response: usual => head(make(usual), behind) }
}

/** What may come of an opening handshake, from the strictest to the most open. */
export type MayEnd =
  | 'opened'
  | 'openedOrRefused'
  | 'either'
  | 'refused'
  | 'refusedOrOpened'
  | 'failed'
  | 'failedOrOpened'
  | 'bounded'
  | 'answered'

/** Each as the ends that it accepts. */
const mayEnd: Readonly<Record<MayEnd, Opening['accepted']>> = {
  /** There is nothing wrong with it. */
  opened: { opened: 'OK' },
  /** It is right, but a testee that refuses may have its reasons. */
  openedOrRefused: { opened: 'OK', refused: 'NON-STRICT', dropped: 'NON-STRICT' },
  /** Both are right. */
  either: { opened: 'OK', refused: 'OK', dropped: 'OK' },
  /** It has to be refused; a server has to say so with a status. */
  refused: { refused: 'OK', dropped: 'NON-STRICT' },
  /** A testee that opens does more than it should, but breaks no rule of its own. */
  refusedOrOpened: { refused: 'OK', dropped: 'NON-STRICT', opened: 'NON-STRICT' },
  /** A client refuses by ending TCP. */
  failed: { dropped: 'OK' },
  failedOrOpened: { dropped: 'OK', opened: 'NON-STRICT' },
  /** How much is too much is left to the testee. */
  bounded: { refused: 'OK', dropped: 'OK', opened: 'INFORMATIONAL', silent: 'INFORMATIONAL' },
  /** What is asked is no opening handshake, or not one that can come about. */
  answered: { refused: 'OK' },
}

/** Parts of a case about an opening handshake. */
export interface OpeningParts {
  readonly title: string
  readonly ends: MayEnd
  readonly section: string
  readonly opening: Omit<Opening, 'accepted'>
  /** In place of the sentence that goes with `ends`. */
  readonly expectation?: string
  /** What is played where it opens; one message and its echo where not said. */
  readonly play?: Pick<Case, 'steps' | 'accepted'> & Partial<Pick<Case, 'close'>>
}

/** Cases of one subgroup, numbered from 1. */
export function openings(subgroup: string, testee: 'client' | 'server', parts: readonly OpeningParts[]): Case[] {
  return parts.map(({ title, ends, section, opening, expectation, play }, n) => ({
    id: `${subgroup}.${n + 1}`,
    title,
    expectation: expectation ?? expectations[testee][ends],
    section,
    testee,
    steps: [send(text('hello')), answers(), close()],
    accepted: [ok(came.text('hello'))],
    close: cleanClose,
    ...play,
    opening: { ...opening, accepted: mayEnd[ends] },
  }))
}

/** Whether octets are frames, and no answer of HTTP. */
export function isNoHttp(octets: Uint8Array): boolean {
  return octets.length > 0 && !latin1(octets.subarray(0, 5)).startsWith('HTTP/'.slice(0, octets.length))
}

const expectations: Readonly<Record<'client' | 'server', Readonly<Record<MayEnd, string>>>> = {
  server: {
    opened: 'The server opens the connection and echoes.',
    openedOrRefused: 'The server opens the connection and echoes; to refuse is non-strict.',
    either: 'The server opens the connection and echoes, or it refuses.',
    refused: 'The server refuses with a status from 400.',
    refusedOrOpened: 'The server refuses with a status from 400; to open is non-strict.',
    failed: 'The server ends TCP.',
    failedOrOpened: 'The server ends TCP; to open is non-strict.',
    bounded: 'The server refuses or ends TCP; whether it has such a limit is left to it.',
    answered: 'The server answers as HTTP wants.',
  },
  client: {
    opened: 'The client opens the connection and echoes.',
    openedOrRefused: 'The client opens the connection and echoes; to fail is non-strict.',
    either: 'The client opens the connection and echoes, or it fails.',
    refused: 'The client fails the connection.',
    refusedOrOpened: 'The client fails the connection; to open is non-strict.',
    failed: 'The client fails the connection without a frame.',
    failedOrOpened: 'The client fails the connection; to open is non-strict.',
    bounded: 'The client fails the connection; whether it has such a limit is left to it.',
    answered: 'The client fails the connection.',
  },
}
