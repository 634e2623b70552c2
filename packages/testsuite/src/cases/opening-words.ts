import { latin1, utf8 } from '../wire/octets.ts'
import type { Case, Opening, UsualRequest, UsualResponse } from './case.ts'
import { answers, came, cleanClose, close, ok, send, text } from './words.ts'

// The functions with which the cases about the opening handshake are written.

/** Header lines that replace those with the same names: `undefined` removes a line, a list writes it several times. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>

/** Applies changes to the usual lines; a header that is not among them is added at the end. */
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

/** Encodes a head and the octets after it. */
export function head(lines: readonly string[], behind = ''): Uint8Array {
  return utf8(`${lines.join('\r\n')}\r\n\r\n${behind}`)
}

/** Makes a request with changes to its headers. */
export function request(changes: Changes, behind = ''): Pick<Opening, 'request'> {
  return { request: ({ lines }) => head(changed(lines, changes), behind) }
}

/** Makes a request with another first line. */
export function requestLine(line: (usual: UsualRequest) => string, changes: Changes = {}): Pick<Opening, 'request'> {
  return { request: usual => head([line(usual), ...changed(usual.lines, changes).slice(1)]) }
}

/** Makes a request with other lines. */
export function requestLines(make: (usual: UsualRequest) => readonly string[], behind = ''): Pick<Opening, 'request'> {
  return { request: usual => head(make(usual), behind) }
}

/** Makes a response with changes to its headers. */
export function response(changes: Changes | ((usual: UsualResponse) => Changes), behind = ''): Pick<Opening, 'response'> {
  return { response: usual => head(changed(usual.lines, typeof changes === 'function' ? changes(usual) : changes), behind) }
}

/** Makes a response with another status line. */
export function statusLine(line: string, changes: Changes = {}): Pick<Opening, 'response'> {
  return { response: ({ lines }) => head([line, ...changed(lines, changes).slice(1)]) }
}

/** Makes a response with other lines. */
export function responseLines(make: (usual: UsualResponse) => readonly string[], behind = ''): Pick<Opening, 'response'> {
  return { response: usual => head(make(usual), behind) }
}

/** The ways in which an opening handshake may end, from the strictest to the most open. */
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

/** The verdicts of each. */
const mayEnd: Readonly<Record<MayEnd, Opening['accepted']>> = {
  /** Nothing is wrong with the handshake. */
  opened: { opened: 'OK' },
  /** The handshake is correct, but a testee may have reasons to refuse it. */
  openedOrRefused: { opened: 'OK', refused: 'NON-STRICT', dropped: 'NON-STRICT' },
  /** Opening and refusing are both right. */
  either: { opened: 'OK', refused: 'OK', dropped: 'OK' },
  /** The testee has to refuse; a server should do so with a status. */
  refused: { refused: 'OK', dropped: 'NON-STRICT' },
  /** A testee that opens is too lenient, but does not break a rule. */
  refusedOrOpened: { refused: 'OK', dropped: 'NON-STRICT', opened: 'NON-STRICT' },
  /** A client refuses by ending TCP. */
  failed: { dropped: 'OK' },
  failedOrOpened: { dropped: 'OK', opened: 'NON-STRICT' },
  /** The testee decides how much is too much. */
  bounded: { refused: 'OK', dropped: 'OK', opened: 'INFORMATIONAL', silent: 'INFORMATIONAL' },
  /** The request is not an opening handshake, or one that cannot succeed. */
  answered: { refused: 'OK' },
}

/** The parts of a case about an opening handshake. */
export interface OpeningParts {
  readonly title: string
  readonly ends: MayEnd
  readonly section: string
  readonly opening: Omit<Opening, 'accepted'>
  /** A replacement for the sentence that goes with `ends`. */
  readonly expectation?: string
  /** The steps to play where the connection opens. Default: one message and its echo. */
  readonly play?: Pick<Case, 'steps' | 'accepted'> & Partial<Pick<Case, 'close'>>
}

/** Makes the cases of one subgroup, numbered from 1. */
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

/** Whether octets are frames rather than an answer of HTTP. */
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
