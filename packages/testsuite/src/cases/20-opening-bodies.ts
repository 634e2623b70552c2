import { encodeFrame, Opcode } from '../wire/frame.ts'
import { latin1, utf8 } from '../wire/octets.ts'
import type { Case, HttpAnswer, UsualRequest } from './case.ts'
import { type Changes, changed, type MayEnd, type OpeningParts, openings } from './opening-words.ts'
import { answers, came, close, ok, open, send, text } from './words.ts'

/** A frame that a client may send, as text with one character per octet. */
const frame: string = latin1(encodeFrame({ opcode: Opcode.Text, payload: utf8('smuggled'), mask: Uint8Array.of(1, 2, 3, 4) }))

/**
 * Octets after the head of a request: a body, frames, another request. If a server takes a body for frames, or frames for a body, a proxy
 * in front of it may read the same octets differently.
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
  body('a length of a body that is not a number', 'refused', { 'Content-Length': 'five' }, '', 'RFC 9112 §6.3'),
  body('a length of a body below zero', 'refused', { 'Content-Length': '-1' }, '', 'RFC 9112 §6.3'),
  body('a length of a body beyond all numbers', 'bounded', { 'Content-Length': '9'.repeat(40) }, '', 'RFC 9110 §8.6'),
  body(
    'a length beside chunks',
    'refusedOrOpened',
    { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' },
    '0\r\n\r\n',
    'RFC 9112 §6.1',
  ),
  body('an unknown coding', 'refused', { 'Transfer-Encoding': 'x-unknown' }, '', 'RFC 9112 §6.1, §6.3'),
  body('chunks that are not the last coding', 'refused', { 'Transfer-Encoding': 'chunked, gzip' }, '', 'RFC 9112 §6.3'),
  {
    title: 'Sends a frame right after the request, without waiting for the response.',
    ends: 'either',
    section: 'RFC 6455 §4.1',
    expectation:
      'The server accepts the frame, or refuses. A client has to wait; RFC 6455 does not say what a server does with one that does not.',
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
      ? 'The server reads the body and opens the connection, or refuses. It does not take any octet of the body for a frame.'
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
  return latin1(following).startsWith('HTTP/1.1 101') ? 'the body of a request was answered as a request (RFC 9112 §6.3)' : undefined
}

function octets(lines: readonly string[], behind: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${behind}`, 'latin1'))
}
