import { encodeFrame, Opcode } from '../wire/frame.ts'
import { latin1, utf8 } from '../wire/octets.ts'
import type { Case, HttpAnswer, Opening, UsualResponse } from './case.ts'
import {
  type Changes,
  changed,
  isNoHttp,
  type MayEnd,
  type OpeningParts,
  openings,
  request,
  requestLine,
  requestLines,
  responseLines,
} from './opening-words.ts'

/** HTTP requests and answers beside WebSocket: 25.1 and 25.2 for servers, 25.3 for clients. */
export const group25: readonly Case[] = [
  ...openings('25.1', 'server', [
    plain(
      'GET without any header of WebSocket',
      requestLines(({ lines: [first = '', host = ''] }) => [first, host]),
      { inspect: noUpgrade, section: 'RFC 9110 §15.5.22, RFC 9112 §6.3' },
    ),
    plain(
      'GET as a browser does',
      requestLines(({ lines: [first = '', host = ''] }) => [
        first,
        host,
        'Accept: text/html',
        'Accept-Language: de',
        'Connection: keep-alive',
      ]),
    ),
    plain(
      'HEAD',
      requestLines(({ resource, host }) => [`HEAD ${resource} HTTP/1.1`, `Host: ${host}`]),
      {
        inspect: answer => (answer.following.length > 0 ? 'an answer to HEAD with a body (RFC 9110 §9.3.2)' : onlyHttp(answer)),
        section: 'RFC 9110 §9.3.2',
      },
    ),
    plain(
      'POST with a body',
      requestLines(({ resource, host }) => [`POST ${resource} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 5'], 'hello'),
    ),
    plain(
      'POST with a body in chunks',
      requestLines(
        ({ resource, host }) => [`POST ${resource} HTTP/1.1`, `Host: ${host}`, 'Transfer-Encoding: chunked'],
        '5\r\nhello\r\n0\r\n\r\n',
      ),
    ),
    plain(
      'OPTIONS *',
      requestLines(({ host }) => ['OPTIONS * HTTP/1.1', `Host: ${host}`]),
    ),
    plain(
      'an unknown method',
      requestLines(({ resource, host }) => [`BREW ${resource} HTTP/1.1`, `Host: ${host}`]),
      { statuses: [400, 599] },
    ),
    plain(
      'an upgrade to h2c',
      requestLines(({ lines: [first = '', host = ''] }) => [
        first,
        host,
        'Upgrade: h2c',
        'Connection: Upgrade, HTTP2-Settings',
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      ]),
    ),
    plain('the headers of WebSocket without Upgrade and Connection', request({ Upgrade: undefined, Connection: undefined })),
    plain(
      'GET, and says that it will close',
      requestLines(({ lines: [first = '', host = ''] }) => [first, host, 'Connection: close']),
      {
        inspect: answer =>
          answer.hasEnded ? onlyHttp(answer) : 'TCP stays open after the answer to a request with Connection: close (RFC 9112 §9.6)',
        section: 'RFC 9112 §9.6',
      },
    ),
    plain(
      'GET with HTTP/1.0',
      requestLine(({ resource }) => `GET ${resource} HTTP/1.0`, { Upgrade: undefined, Connection: undefined }),
    ),
    plain(
      'GET twice at once',
      requestLines(({ lines: [first = '', host = ''] }) => [first, host, '', first, host]),
      { section: 'RFC 9112 §9.3.2' },
    ),
    plain(
      'a path that does not exist',
      requestLine(() => 'GET /there/is/no/such/path HTTP/1.1', { Upgrade: undefined, Connection: undefined }),
    ),
    plain(
      'a path with markup in it',
      requestLine(() => 'GET /<script>alert(1)</script> HTTP/1.1', { Upgrade: undefined, Connection: undefined }),
      {
        inspect: answer =>
          latin1(answer.body).includes('<script>alert(1)')
            ? 'an answer that repeats the markup of the request (RFC 9110 §17)'
            : onlyHttp(answer),
        section: 'RFC 9110 §17',
      },
    ),
  ]),

  ...openings('25.2', 'server', [
    refused('with a frame right after it', { 'Sec-WebSocket-Version': '99' }, frame('smuggled')),
    refused(
      'with a close frame right after it',
      { 'Sec-WebSocket-Version': '99' },
      encoded(encodeFrame({ opcode: Opcode.Close, payload: Uint8Array.of(3, 232), mask: Uint8Array.of(1, 2, 3, 4) })),
    ),
    refused(
      'with a hundred pings right after it',
      { 'Sec-WebSocket-Version': '99' },
      encoded(encodeFrame({ opcode: Opcode.Ping, payload: utf8('x'), mask: Uint8Array.of(1, 2, 3, 4) })).repeat(100),
    ),
    refused('for its key, with a frame right after it', { 'Sec-WebSocket-Key': 'short' }, frame('smuggled')),
    refused('for its method, with a frame right after it', {}, frame('smuggled'), 'POST'),
    {
      title: 'Sends two requests at once: one that has to be refused, and a correct one.',
      ends: 'refused',
      section: 'RFC 9112 §9.3.2, RFC 6455 §4.2.2',
      expectation: 'The server refuses the first. It may read the second or not; before that opens a connection, only HTTP comes back.',
      opening: {
        request: usual => octets([...changed(usual.lines, { 'Sec-WebSocket-Version': '99' }), '', ...usual.lines], ''),
        inspect: ({ following }) => (isNoHttp(following) ? 'octets that are not HTTP after the answer (RFC 6455 §4.2.2)' : undefined),
      },
    },
    {
      title: 'Sends a request that has to be refused, followed by 64 KiB of random octets.',
      ends: 'refused',
      section: 'RFC 6455 §4.2.2, RFC 9112 §9.6',
      opening: {
        request: usual => octets(changed(usual.lines, { 'Sec-WebSocket-Version': '99' }), 'rubbish '.repeat(8192)),
        inspect: onlyHttp,
      },
    },
    {
      title: 'Asks with a key that has a line end in it.',
      ends: 'refused',
      section: 'RFC 9110 §5.5, RFC 6455 §4.2.1',
      opening: {
        ...request({ 'Sec-WebSocket-Key': 'x\r\nX-Split: yes' }),
        inspect: ({ fields }) =>
          fields.some(([name]) => name === 'x-split') ? 'a header of the request in the answer (RFC 9110 §17)' : undefined,
      },
    },
  ]),

  ...openings('25.3', 'client', [
    ...[
      '200 OK',
      '201 Created',
      '400 Bad Request',
      '401 Unauthorized',
      '403 Forbidden',
      '404 Not Found',
      '426 Upgrade Required',
      '500 Internal Server Error',
      '503 Service Unavailable',
      '599 Whatever',
    ].map(
      (status): OpeningParts =>
        response(
          `status ${status}`,
          () => [`HTTP/1.1 ${status}`, 'Content-Type: text/plain', 'Content-Length: 2', 'Connection: close'],
          'no',
        ),
    ),
    response('status 204, which has no body', () => ['HTTP/1.1 204 No Content']),
    response('status 401 with a challenge', () => [
      'HTTP/1.1 401 Unauthorized',
      'WWW-Authenticate: Basic realm="here"',
      'Content-Length: 0',
    ]),
    response('status 302 without a Location', () => ['HTTP/1.1 302 Found', 'Content-Length: 0']),
    response('status 302 to an invalid address', () => ['HTTP/1.1 302 Found', 'Location: :::', 'Content-Length: 0']),
    response('status 302 to a file', () => ['HTTP/1.1 302 Found', 'Location: file:///etc/hosts', 'Content-Length: 0']),
    response('status 200 with all headers of a 101', usual => ['HTTP/1.1 200 OK', ...usual.lines.slice(1)]),
    response(
      'status 200 with all headers of a 101, and a frame',
      usual => ['HTTP/1.1 200 OK', ...usual.lines.slice(1)],
      frame('hello', false),
    ),
    response('status 403 with a body that looks like frames', () => ['HTTP/1.1 403 Forbidden', 'Content-Length: 7'], frame('hello', false)),
    response('status 403 with the length of a body that does not come', () => ['HTTP/1.1 403 Forbidden', 'Content-Length: 1000000'], 'no'),
    response(
      'status 403 with a body that does not end',
      () => ['HTTP/1.1 403 Forbidden', 'Transfer-Encoding: chunked'],
      `2000\r\n${'x'.repeat(8192)}\r\n`.repeat(100),
    ),
    response('status 403 with two lengths', () => ['HTTP/1.1 403 Forbidden', 'Content-Length: 2', 'Content-Length: 3'], 'no'),
    response(
      'status 100, and then as usual',
      usual => ['HTTP/1.1 100 Continue', '', ...usual.lines],
      '',
      'openedOrRefused',
      'RFC 9110 §15.2',
    ),
    response(
      'status 103 with hints, and then as usual',
      usual => ['HTTP/1.1 103 Early Hints', 'Link: </style.css>; rel=preload', '', ...usual.lines],
      '',
      'openedOrRefused',
      'RFC 9110 §15.2, RFC 8297 §2',
    ),
    response(
      'status 100 a thousand times, and then nothing',
      () => Array.from({ length: 1000 }, () => ['HTTP/1.1 100 Continue', '']).flat(),
      '',
      'bounded',
      'RFC 9110 §15.2',
    ),
    response('status 102, and then nothing', () => ['HTTP/1.1 102 Processing'], '', 'bounded', 'RFC 9110 §15.2'),
    response('status 600', () => ['HTTP/1.1 600 Whatever', 'Content-Length: 0'], '', 'failed', 'RFC 9110 §15'),
    response('status 099', () => ['HTTP/1.1 099 Whatever', 'Content-Length: 0'], '', 'failed', 'RFC 9110 §15'),
  ]),
]

function plain(
  what: string,
  opening: Pick<Opening, 'request'>,
  {
    inspect = onlyHttp,
    statuses = [200, 599],
    section = 'RFC 9110 §15, RFC 9112 §6.3',
  }: { inspect?: Opening['inspect']; statuses?: readonly [number, number]; section?: string } = {},
): OpeningParts {
  return {
    title: `Asks with ${what}.`,
    ends: 'answered',
    section,
    expectation: 'The server answers with a status that is not 101, and with as much of a body as the answer says.',
    opening: { ...opening, statuses, inspect },
  }
}

function refused(what: string, changes: Changes, behind: string, method = 'GET'): OpeningParts {
  return {
    title: `Sends a request that has to be refused, ${what}.`,
    ends: 'refused',
    section: 'RFC 6455 §4.2.2, RFC 9112 §9.6',
    expectation: 'The server refuses, and does not read what follows as frames.',
    opening: {
      request: ({ resource, lines }) => octets([`${method} ${resource} HTTP/1.1`, ...changed(lines, changes).slice(1)], behind),
      inspect: onlyHttp,
    },
  }
}

function response(
  what: string,
  lines: (usual: UsualResponse) => readonly string[],
  behind = '',
  ends: MayEnd = 'failed',
  section = 'RFC 6455 §4.1, RFC 9110 §15',
): OpeningParts {
  const opening = /[\u0080-\u00ff]/.test(behind)
    ? { response: (usual: UsualResponse) => octets(lines(usual), behind) }
    : responseLines(lines, behind)
  return { title: `Answers with ${what}.`, ends, section, opening }
}

/** Checks that an answer with status 426 names the protocol to upgrade to (RFC 9110 §15.5.22). */
function noUpgrade(answer: HttpAnswer): string | undefined {
  if (answer.status === 426 && !answer.fields.some(([name]) => name === 'upgrade')) return 'status 426 without Upgrade (RFC 9110 §15.5.22)'
  return onlyHttp(answer)
}

function onlyHttp({ following }: HttpAnswer): string | undefined {
  return isNoHttp(following) ? 'octets after the answer that are not HTTP (RFC 9112 §6.3)' : undefined
}

/** Encodes a text frame as text with one character per octet; masked as clients have to. */
function frame(message: string, isMasked = true): string {
  return encoded(encodeFrame({ opcode: Opcode.Text, payload: utf8(message), ...(isMasked && { mask: Uint8Array.of(1, 2, 3, 4) }) }))
}

function encoded(frameOctets: Uint8Array): string {
  return latin1(frameOctets)
}

function octets(lines: readonly string[], behind: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${behind}`, 'latin1'))
}
