import { encodeFrame, Opcode } from '../wire/frame.ts'
import { latin1, utf8 } from '../wire/octets.ts'
import type { Case, HttpAnswer, UsualRequest } from './case.ts'
import { type Changes, changed, type MayEnd, type OpeningParts, openings } from './opening-words.ts'
import { answers, came, close, ok, open, send, text } from './words.ts'

/** A frame that a client may send, as letters that are octets. */
const frame: string = latin1(encodeFrame({ opcode: Opcode.Text, payload: utf8('smuggled'), mask: Uint8Array.of(1, 2, 3, 4) }))

/**
 * What comes behind the head of a request: a body, frames, another request. A server that takes a body for frames reads what a proxy in
 * front of it has not read as frames, and the other way round.
 */
export const serverBodyCases: readonly Case[] = openings('20.9', 'server', [
  body('a header that says that there is no body', 'either', { 'Content-Length': '0' }, ''),
  body('a body that looks like a frame', 'either', { 'Content-Length': String(frame.length) }, frame),
  body(
    'a body that looks like a frame, in a chunk',
    'either',
    { 'Transfer-Encoding': 'chunked' },
    `${frame.length.toString(16)}\r\n${frame}\r\n0\r\n\r\n`,
  ),
  {
    title: 'Asks with a body that is a whole request.',
    ends: 'either',
    section: 'RFC 9112 §6.3, RFC 9110 §7.8',
    expectation: 'The server reads the body and opens the connection, or refuses. It answers no request within the body.',
    opening: {
      request: usual => {
        const inner = `${usual.lines.join('\r\n')}\r\n\r\n`
        return octets([...usual.lines, `Content-Length: ${inner.length}`], inner)
      },
      inspect: noSecondAnswer,
    },
  },
  body('two lengths of a body that differ', 'refused', { 'Content-Length': ['5', '6'] }, 'hello', 'RFC 9112 §6.3'),
  body('a length of a body that is no number', 'refused', { 'Content-Length': 'five' }, '', 'RFC 9112 §6.3'),
  body('a length of a body below zero', 'refused', { 'Content-Length': '-1' }, '', 'RFC 9112 §6.3'),
  body('a length of a body beyond all numbers', 'bounded', { 'Content-Length': '9'.repeat(40) }, '', 'RFC 9110 §8.6'),
  body(
    'a length beside chunks',
    'refusedOrOpened',
    { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' },
    '0\r\n\r\n',
    'RFC 9112 §6.1',
  ),
  body('a coding that nobody knows', 'refused', { 'Transfer-Encoding': 'x-unknown' }, '', 'RFC 9112 §6.1, §6.3'),
  body('chunks that are not the last coding', 'refused', { 'Transfer-Encoding': 'chunked, gzip' }, '', 'RFC 9112 §6.3'),
  {
    title: 'Sends a frame behind the request, without waiting for the response.',
    ends: 'either',
    section: 'RFC 6455 §4.1',
    expectation:
      'The server takes the frame for one, or refuses. A client has to wait; what a server does with one that does not is left to it.',
    opening: { request: usual => octets(usual.lines, frame) },
    play: {
      steps: [send(text('hello')), answers(), close()],
      accepted: [ok(came.text('smuggled'), came.text('hello')), open(came.text('hello'))],
    },
  },
])

function body(what: string, ends: MayEnd, changes: Changes, content: string, section = 'RFC 9112 §6.3, RFC 9110 §7.8'): OpeningParts {
  const expectation =
    ends === 'either'
      ? 'The server reads the body and opens the connection, or refuses. It takes no octet of the body for a frame.'
      : undefined
  return {
    title: `Asks with ${what}.`,
    ends,
    section,
    opening: { request: (usual: UsualRequest) => octets(changed(usual.lines, changes), content), inspect: noSecondAnswer },
    ...(expectation && { expectation }),
  }
}

function noSecondAnswer({ following }: HttpAnswer): string | undefined {
  return latin1(following).startsWith('HTTP/1.1 101')
    ? 'what was the body of a request was answered as a request (RFC 9112 §6.3)'
    : undefined
}

function octets(lines: readonly string[], behind: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${behind}`, 'latin1'))
}
