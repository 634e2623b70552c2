import { acceptKey } from '../wire/accept-key.ts'
import { encodeFrame, Opcode } from '../wire/frame.ts'
import { joined, utf8 } from '../wire/octets.ts'
import type { Case, UsualResponse } from './case.ts'
import { type Changes, head, type MayEnd, type OpeningParts, openings, response, responseLines, statusLine } from './opening-words.ts'
import { repeated } from './payload.ts'
import { answers, came, close, ok, send, text } from './words.ts'

/** The checks that a client has to make on a response (RFC 6455 §4.1), and responses that it has to accept. */
export const clientHandshakeCases: readonly Case[] = [
  ...openings('20.10', 'client', [
    accept('no Sec-WebSocket-Accept', 'failed', () => undefined),
    accept('an empty Sec-WebSocket-Accept', 'failed', () => ''),
    accept('a Sec-WebSocket-Accept that answers another key', 'failed', () => acceptKey('another')),
    accept('a Sec-WebSocket-Accept whose last letters are missing', 'failed', usual => usual.accept.slice(0, -2)),
    accept('a Sec-WebSocket-Accept with letters after it', 'failed', usual => `${usual.accept}x`),
    accept('a Sec-WebSocket-Accept in lower case', 'failed', usual => usual.accept.toLowerCase()),
    accept('the key of the request as Sec-WebSocket-Accept', 'failed', usual => usual.key),
    accept('two Sec-WebSocket-Accept, the right one first', 'failed', usual => [usual.accept, acceptKey('another')]),
    accept('two Sec-WebSocket-Accept, the right one last', 'failed', usual => [acceptKey('another'), usual.accept]),
    accept('the right Sec-WebSocket-Accept twice', 'failedOrOpened', usual => [usual.accept, usual.accept], 'RFC 6455 §4.1, §11.3.3'),
    accept('a Sec-WebSocket-Accept with blanks around it', 'opened', usual => ` \t${usual.accept} \t`),
    accept('a Sec-WebSocket-Accept of 1 MiB', 'failed', () => 'a'.repeat(1_048_576)),
  ]),

  ...openings('20.11', 'client', [
    fields('no Upgrade', 'failed', { Upgrade: undefined }),
    fields('the Upgrade h2c', 'failed', { Upgrade: 'h2c' }),
    fields('the Upgrade websockets', 'failed', { Upgrade: 'websockets' }),
    fields('the Upgrade WebSocket, in mixed case', 'opened', { Upgrade: 'WebSocket' }),
    fields('websocket as one of a list of upgrades', 'failedOrOpened', { Upgrade: 'websocket, h2c' }),
    fields('no Connection', 'failed', { Connection: undefined }),
    fields('the Connection close', 'failed', { Connection: 'close' }),
    fields('the Connection upgraded', 'failed', { Connection: 'upgraded' }),
    fields('the Connection UPGRADE, in capital letters', 'opened', { Connection: 'UPGRADE' }),
    fields('Upgrade as one of the options of Connection', 'opened', { Connection: 'keep-alive, Upgrade' }),
    fields(
      'Upgrade in the second line of Connection',
      'openedOrRefused',
      { Connection: ['keep-alive', 'Upgrade'] },
      'RFC 6455 §4.1, RFC 9110 §5.3',
    ),
    status('a status line without a reason', 'openedOrRefused', 'HTTP/1.1 101 ', 'RFC 9112 §4'),
    status('a status line without a reason and without the blank before it', 'either', 'HTTP/1.1 101', 'RFC 9112 §4'),
    status('a reason of its own', 'opened', 'HTTP/1.1 101 Web Socket Protocol Handshake', 'RFC 9112 §4'),
    status('a reason beyond ASCII', 'openedOrRefused', 'HTTP/1.1 101 Wechsle Protokoll für dich', 'RFC 9112 §4'),
    status('HTTP/1.0', 'failedOrOpened', 'HTTP/1.0 101 Switching Protocols', 'RFC 6455 §4.2.2, RFC 9110 §7.8'),
    status('HTTP/2', 'failedOrOpened', 'HTTP/2 101 Switching Protocols', 'RFC 6455 §4.2.2, RFC 9112 §4'),
    status('a status of four digits', 'failed', 'HTTP/1.1 1010 Switching Protocols', 'RFC 9112 §4'),
    status('a status of two digits', 'failed', 'HTTP/1.1 10 Switching Protocols', 'RFC 9112 §4'),
    status('no status', 'failed', 'HTTP/1.1 Switching Protocols', 'RFC 9112 §4'),
  ]),

  ...openings('20.12', 'client', [
    fields('a subprotocol that was not asked for', 'failed', { 'Sec-WebSocket-Protocol': 'x-never-asked-for' }),
    fields(
      'two subprotocols that were not asked for',
      'failed',
      { 'Sec-WebSocket-Protocol': ['x-never-one', 'x-never-two'] },
      'RFC 6455 §4.1, §11.3.4',
    ),
    fields('a subprotocol with a name that objects of JavaScript have', 'failed', { 'Sec-WebSocket-Protocol': '__proto__' }),
    fields('an empty subprotocol', 'failedOrOpened', { 'Sec-WebSocket-Protocol': '' }, 'RFC 6455 §4.2.2, §11.3.4'),
    fields('an extension that was not offered', 'failed', { 'Sec-WebSocket-Extensions': 'x-never-offered' }),
    fields('an extension that was not offered, with parameters', 'failed', { 'Sec-WebSocket-Extensions': 'x-never-offered; a=1' }),
    fields('an extension with a name that objects of JavaScript have', 'failed', { 'Sec-WebSocket-Extensions': 'constructor' }),
    fields('values that are not extensions', 'failed', { 'Sec-WebSocket-Extensions': ';;=' }, 'RFC 6455 §9.1'),
    fields('an empty list of extensions', 'failedOrOpened', { 'Sec-WebSocket-Extensions': '' }, 'RFC 6455 §9.1'),
  ]),

  ...openings('20.13', 'client', [
    lines(
      'all names in lower case',
      'opened',
      ({ lines: all }) => all.map(line => line.replace(/^[\w-]+(?=:)/, name => name.toLowerCase())),
      'RFC 9110 §5.1',
    ),
    lines(
      'all names in capital letters',
      'opened',
      ({ lines: all }) => all.map(line => line.replace(/^[\w-]+(?=:)/, name => name.toUpperCase())),
      'RFC 9110 §5.1',
    ),
    lines('no blank after the colons', 'opened', ({ lines: all }) => all.map(line => line.replace(/^([\w-]+): /, '$1:')), 'RFC 9112 §5'),
    lines(
      'unknown headers',
      'opened',
      ({ lines: all }) => [...all, 'X-Unknown: one', 'X-Unknown: two', 'Date: Thu, 01 Jan 1970 00:00:00 GMT'],
      'RFC 9110 §5.1',
    ),
    lines('cookies', 'opened', ({ lines: all }) => [...all, 'Set-Cookie: a=1', 'Set-Cookie: b=2; Path=/; HttpOnly'], 'RFC 6455 §4.2.2'),
    lines('a value beyond ASCII', 'openedOrRefused', ({ lines: all }) => [...all, 'X-Name: Müller'], 'RFC 9110 §5.5'),
    lines('a folded line', 'openedOrRefused', ({ lines: all }) => [...all, 'X-Name: one', ' two'], 'RFC 9112 §5.2'),
    lines('a blank before a colon', 'openedOrRefused', ({ lines: all }) => [...all, 'X-Name : value'], 'RFC 9112 §5.1'),
    lines('a line without a colon', 'failedOrOpened', ({ lines: all }) => [...all, 'nonsense'], 'RFC 9112 §5'),
    lines('a NUL in a value', 'either', ({ lines: all }) => [...all, 'X-Name: a\0b'], 'RFC 9110 §5.5'),
    lines('a length of a body, which 101 never has', 'openedOrRefused', ({ lines: all }) => [...all, 'Content-Length: 5'], 'RFC 9112 §6.3'),
    lines('chunks, which 101 never has', 'openedOrRefused', ({ lines: all }) => [...all, 'Transfer-Encoding: chunked'], 'RFC 9112 §6.3'),
    lines('80 more headers', 'openedOrRefused', ({ lines: all }) => [...all, ...many(80)], 'RFC 9110 §5.4'),
    lines(
      '3,000 headers before those that matter',
      'bounded',
      ({ lines: [first = '', ...rest] }) => [first, ...many(3000), ...rest],
      'RFC 9110 §5.4',
    ),
    lines('a header of 1 MiB', 'bounded', ({ lines: all }) => [...all, `X-Long: ${'a'.repeat(1_048_576)}`], 'RFC 9110 §5.4'),
    {
      title: 'Answers with headers of 4 MiB, without an end.',
      ends: 'bounded',
      section: 'RFC 9110 §5.4',
      opening: { response: ({ lines: [first = ''] }) => head([first, ...many(40_000, 'a'.repeat(90))]).slice(0, -4) },
    },
    {
      title: 'Sends half of a response, and nothing more.',
      ends: 'bounded',
      section: 'RFC 6455 §4.1',
      opening: { response: usual => head(usual.lines).slice(0, 60) },
    },
    { title: 'Answers octet by octet.', ends: 'opened', section: 'RFC 9112 §2.2', opening: { cut: 1 } },
    {
      title: 'Sends a frame right after the response, in the same write.',
      ends: 'opened',
      section: 'RFC 6455 §4.2.2, §5.6',
      opening: { response: usual => joined([head(usual.lines), frame('early')]) },
      play: { steps: [send(text('hello')), answers(), close()], accepted: [ok(came.text('early'), came.text('hello'))] },
    },
    {
      title: 'Sends 64 KiB of a message right after the response, in the same write.',
      ends: 'opened',
      section: 'RFC 6455 §4.2.2, §5.6',
      opening: {
        response: usual => joined([head(usual.lines), encodeFrame({ opcode: Opcode.Text, payload: repeated('*', 65_536).make() })]),
      },
      play: { steps: [answers(), close()], accepted: [ok(came.text(repeated('*', 65_536)))] },
    },
    {
      title: 'Answers with octets that are not HTTP.',
      ends: 'failed',
      section: 'RFC 9112 §4',
      opening: { response: () => joined([Uint8Array.of(0x15, 3, 1, 0, 2, 2, 40, 13, 10, 13, 10), frame('hello')]) },
    },
    {
      title: 'Answers with frames and no response.',
      ends: 'failed',
      section: 'RFC 6455 §4.1',
      opening: { response: () => joined([frame('hello'), frame('\r\n\r\n')]) },
    },
  ]),
]

function accept(
  what: string,
  ends: MayEnd,
  value: (usual: UsualResponse) => string | readonly string[] | undefined,
  section = 'RFC 6455 §4.1',
): OpeningParts {
  return { title: `Answers with ${what}.`, ends, section, opening: response(usual => ({ 'Sec-WebSocket-Accept': value(usual) })) }
}

function fields(what: string, ends: MayEnd, changes: Changes, section = 'RFC 6455 §4.1'): OpeningParts {
  return { title: `Answers with ${what}.`, ends, section, opening: response(changes) }
}

function status(what: string, ends: MayEnd, line: string, section: string): OpeningParts {
  return { title: `Answers with ${what}.`, ends, section, opening: statusLine(line) }
}

function lines(what: string, ends: MayEnd, make: (usual: UsualResponse) => readonly string[], section: string): OpeningParts {
  return { title: `Answers with ${what}.`, ends, section, opening: responseLines(make) }
}

function frame(message: string): Uint8Array {
  return encodeFrame({ opcode: Opcode.Text, payload: utf8(message) })
}

function many(count: number, value = 'value'): string[] {
  return Array.from({ length: count }, (_, n) => `X-Header-${n}: ${value}`)
}
