import type { Case, HttpAnswer, UsualRequest } from './case.ts'
import { type Changes, type MayEnd, type OpeningParts, openings, request, requestLine } from './opening-words.ts'

/** The parts that RFC 6455 §4.1 demands of a request: the version, the key, the request line, Host, Upgrade and Connection. */
export const serverRequestCases: readonly Case[] = [
  ...openings('20.1', 'server', [
    ...['0', '7', '12', '14', '255'].map(
      (version): OpeningParts => ({
        title: `Asks for version ${version} of the protocol.`,
        ends: 'refused',
        expectation: 'The server refuses, with a Sec-WebSocket-Version that names the versions it speaks.',
        section: 'RFC 6455 §4.2.2, §4.4',
        opening: { ...request({ 'Sec-WebSocket-Version': version }), inspect: namesVersions },
      }),
    ),
    {
      title: 'Asks for version 8, that of a draft whose differences do not matter here.',
      ends: 'either',
      section: 'RFC 6455 §4.2.2',
      opening: request({ 'Sec-WebSocket-Version': '8' }),
    },
    version('no version', 'refused', undefined),
    version('an empty version', 'refused', ''),
    ...['013', '0x0d', '13.0', '+13', '-13', '1e1', '256', '1313', 'thirteen', '13, 8'].map(value =>
      version(`the version ${value}, which is not a version`, 'refused', value),
    ),
    version('the version twice', 'refused', ['13', '13']),
    version('the versions 13 and 8, one line each', 'refused', ['13', '8']),
    version('the version with blanks around it', 'opened', ' \t13 \t'),
  ]),

  ...openings('20.2', 'server', [
    key('no key', 'refused', undefined),
    key('an empty key', 'refused', ''),
    key('a key of 15 octets', 'refused', encoded(15)),
    key('a key of 17 octets', 'refused', encoded(17)),
    key('a key of 1 octet', 'refused', encoded(1)),
    key('a key of 3,000 octets', 'refused', encoded(3000)),
    key('a key with letters that are not Base64', 'refused', '!!!!!!!!!!!!!!!!!!!!!!=='),
    key('a key in Base64 for URLs', 'refused', '-_-_-_-_-_-_-_-_-_-_-w=='),
    key('a key without its padding', 'refused', encoded(16).slice(0, -2)),
    key('a key with a blank within it', 'refused', `${encoded(16).slice(0, 8)} ${encoded(16).slice(8)}`),
    key('two keys', 'refused', [encoded(16), encoded(16, 1)]),
    key('the same key twice', 'refused', [encoded(16), encoded(16)]),
    key('a key whose last letter has unused bits that are set', 'either', `${encoded(16).slice(0, 21)}R==`),
    key('a key of zeros', 'opened', encoded(16)),
    key('a key with blanks around it', 'opened', ` \t${encoded(16, 1)} \t`),
  ]),

  ...openings('20.3', 'server', [
    ...['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'get', 'GETS'].map(method =>
      line(`the method ${method}`, 'refused', usual => `${method} ${usual.resource} HTTP/1.1`),
    ),
    line('HTTP/1.0', 'refused', usual => `GET ${usual.resource} HTTP/1.0`),
    line('HTTP/0.9', 'refused', usual => `GET ${usual.resource} HTTP/0.9`),
    line('HTTP/1.2', 'either', usual => `GET ${usual.resource} HTTP/1.2`, 'RFC 9110 §2.5'),
    line('HTTP/2.0', 'refusedOrOpened', usual => `GET ${usual.resource} HTTP/2.0`, 'RFC 9110 §2.5'),
    line('a version that does not exist', 'refused', usual => `GET ${usual.resource} HTTP/11`, 'RFC 9112 §2.3'),
    line('http/1.1 in lower case', 'refusedOrOpened', usual => `GET ${usual.resource} http/1.1`, 'RFC 9112 §2.3'),
    line('a request line without a version', 'refused', usual => `GET ${usual.resource}`, 'RFC 9112 §3'),
    line('a request line that is empty but for the method', 'refused', () => 'GET', 'RFC 9112 §3'),
    line('a target with a blank in it', 'refusedOrOpened', usual => `GET ${usual.resource}?a b HTTP/1.1`, 'RFC 9112 §3.2'),
    line('a target without a slash', 'refusedOrOpened', () => 'GET chat HTTP/1.1', 'RFC 9112 §3.2'),
    line('the target *', 'refusedOrOpened', () => 'GET * HTTP/1.1', 'RFC 9112 §3.2.4'),
    line('a target with a fragment', 'refusedOrOpened', usual => `GET ${usual.resource}#part HTTP/1.1`, 'RFC 6455 §3'),
    line('a target with letters beyond ASCII', 'refusedOrOpened', usual => `GET ${usual.resource}?größe HTTP/1.1`, 'RFC 9112 §3.2'),
    line('a target with a percent sign and no digits', 'either', usual => `GET ${usual.resource}?%zz HTTP/1.1`, 'RFC 3986 §2.1'),
    line('a query', 'openedOrRefused', usual => `GET ${usual.resource}?a=b&c=%20 HTTP/1.1`, 'RFC 6455 §3'),
    line(
      'a target of 7,900 octets',
      'openedOrRefused',
      usual => `GET ${usual.resource}?${'a'.repeat(7900 - usual.resource.length)} HTTP/1.1`,
      'RFC 9112 §3',
    ),
    line('a target of 100,000 octets', 'bounded', usual => `GET ${usual.resource}?${'a'.repeat(100_000)} HTTP/1.1`, 'RFC 9112 §3'),
    line(
      'a target in absolute form',
      'openedOrRefused',
      usual => `GET http://${usual.host}${usual.resource} HTTP/1.1`,
      'RFC 6455 §4.1, RFC 9112 §3.2.2',
    ),
    line(
      'a target in absolute form for another host',
      'either',
      usual => `GET http://other.example${usual.resource} HTTP/1.1`,
      'RFC 9112 §3.2.2',
    ),
    line('the target of a CONNECT', 'refusedOrOpened', usual => `GET ${usual.host} HTTP/1.1`, 'RFC 9112 §3.2.3'),
  ]),

  ...openings('20.4', 'server', [
    field('no Host', 'refused', { Host: undefined }, 'RFC 6455 §4.2.1, RFC 9112 §3.2'),
    field('two of Host', 'refused', { Host: ['one.example', 'two.example'] }, 'RFC 9112 §3.2'),
    field('the same Host twice', 'refused', { Host: ['one.example', 'one.example'] }, 'RFC 9112 §3.2'),
    field('an empty Host', 'refusedOrOpened', { Host: '' }, 'RFC 6455 §4.2.1, RFC 9112 §3.2'),
    field('a Host with a blank in it', 'refused', { Host: 'one.example two.example' }, 'RFC 9112 §3.2'),
    field('a Host with a path', 'refused', { Host: 'one.example/path' }, 'RFC 9112 §3.2'),
    field('a Host with a port that is not a number', 'refused', { Host: 'one.example:port' }, 'RFC 9112 §3.2'),
  ]),

  ...openings('20.5', 'server', [
    field('no Upgrade', 'refused', { Upgrade: undefined }),
    field('an empty Upgrade', 'refused', { Upgrade: '' }),
    ...['h2c', 'websockets', 'xwebsocket', 'web socket'].map(value => field(`the Upgrade ${value}`, 'refused', { Upgrade: value })),
    field('Upgrade in mixed case', 'opened', { Upgrade: 'WebSocket' }),
    field('Upgrade in capital letters', 'opened', { Upgrade: 'WEBSOCKET' }),
    field('websocket as one of a list of upgrades', 'openedOrRefused', { Upgrade: 'h2c, websocket' }, 'RFC 6455 §4.2.1, RFC 9110 §7.8'),
    field('no Connection', 'refused', { Connection: undefined }),
    ...['close', 'keep-alive', 'upgraded', 'x-upgrade', 'up grade'].map(value =>
      field(`the Connection ${value}`, 'refused', { Connection: value }),
    ),
    field('Connection in mixed case', 'opened', { Connection: 'uPGRADE' }),
    field('Upgrade as one of the options of Connection, as browsers do', 'opened', { Connection: 'keep-alive, Upgrade' }),
    field(
      'Upgrade among options of Connection with empty ones',
      'openedOrRefused',
      { Connection: ', keep-alive,, upgrade ,' },
      'RFC 6455 §4.2.1, RFC 9110 §5.6.1',
    ),
    field(
      'Upgrade in the second line of Connection',
      'openedOrRefused',
      { Connection: ['keep-alive', 'Upgrade'] },
      'RFC 6455 §4.2.1, RFC 9110 §5.3',
    ),
  ]),
]

/** Checks that the answer to an unsupported version names the supported ones. */
function namesVersions({ fields }: HttpAnswer): string | undefined {
  const values = fields
    .filter(([name]) => name === 'sec-websocket-version')
    .flatMap(([, value]) => value.split(',').map(each => each.trim()))
  if (values.length === 0) return 'it has no Sec-WebSocket-Version (RFC 6455 §4.2.2)'
  return values.includes('13') ? undefined : `its Sec-WebSocket-Version is ${values.join(', ').slice(0, 100)} (RFC 6455 §4.4)`
}

function version(what: string, ends: MayEnd, value: string | readonly string[] | undefined): OpeningParts {
  return field(what, ends, { 'Sec-WebSocket-Version': value }, 'RFC 6455 §4.2.1, §11.3.5')
}

function key(what: string, ends: MayEnd, value: string | readonly string[] | undefined): OpeningParts {
  return field(what, ends, { 'Sec-WebSocket-Key': value }, 'RFC 6455 §4.2.1, §11.3.1')
}

function field(what: string, ends: MayEnd, changes: Changes, section = 'RFC 6455 §4.2.1'): OpeningParts {
  return { title: `Asks with ${what}.`, ends, section, opening: request(changes) }
}

function line(what: string, ends: MayEnd, make: (usual: UsualRequest) => string, section = 'RFC 6455 §4.1, §4.2.1'): OpeningParts {
  return { title: `Asks with ${what}.`, ends, section, opening: requestLine(make) }
}

/** Returns `length` octets in Base64, the last of which is `last`. */
function encoded(length: number, last = 0): string {
  const octets = Buffer.alloc(length)
  octets[length - 1] = last
  return octets.toString('base64')
}
