import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConnectionRequest } from '../../src/handshake/connection-request.ts'
import { parseRequestHead } from '../../src/handshake/http/http1-head.ts'
import { acceptedRequest, checkRequest, type RequestOptions, type RequestSession, upgradeRequired } from '../../src/handshake/request.ts'
import type { TransportDetails } from '../../src/protocol/life/transport-details.ts'

const transport: TransportDetails = { peer: { address: '10.0.0.1', port: 5555 }, own: { address: '10.0.0.2', port: 80 }, isSecure: false }
const defaults: RequestOptions = {
  versions: [13],
  allowedOrigins: ['same-origin'],
  allowNullOrigin: false,
  allowedHosts: [],
  trustXForwardedFor: 0,
  trustedProxies: [],
}
const key = 'dGhlIHNhbXBsZSBub25jZQ=='

/** The example of RFC 6455 §1.2, where a page of the same origin asks. */
const whole: Readonly<Record<string, string | undefined>> = {
  Host: 'server.example.com',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': key,
  'Sec-WebSocket-Version': '13',
}

describe('checkRequest', () => {
  it("takes a client's handshake", () => {
    const asked = {
      ...whole,
      Origin: 'http://server.example.com',
      'Sec-WebSocket-Protocol': 'chat, superchat',
      'Sec-WebSocket-Extensions': 'foo; bar=1, baz',
    }
    const { request, key: given } = accepted(asked, { target: '/a%20b?x=1&x=%32&y' })
    expect(given).toBe(key)
    expect(request).toMatchObject({
      peer: transport.peer,
      transport,
      host: 'server.example.com',
      path: '/a%20b',
      resource: '/a%20b?x=1&x=%32&y',
      version: 13,
      origin: 'http://server.example.com',
      protocols: ['chat', 'superchat'],
    })
    expect(request.params).toEqual(
      new Map([
        ['x', ['1', '2']],
        ['y', ['']],
      ]),
    )
    expect(request.extensions).toEqual([
      { name: 'foo', parameters: new Map([['bar', '1']]) },
      { name: 'baz', parameters: new Map() },
    ])
    expect(request.headers.get('SEC-WEBSOCKET-KEY')).toBe(key)
  })

  it('accepts a request with only the required headers', () => {
    expect(accepted(whole).request).toMatchObject({ origin: undefined, protocols: [], extensions: [], path: '/', params: new Map() })
  })

  it('takes lists, other cases, and several lines of one list', () => {
    const { request } = accepted(
      { ...whole, Upgrade: 'h2c, WebSocket', Connection: 'keep-alive, UPGRADE' },
      {
        more: 'Sec-WebSocket-Protocol: a,b\r\nSec-WebSocket-Protocol: c\r\nSec-WebSocket-Extensions: x\r\nSec-WebSocket-Extensions: y; z\r\n',
      },
    )
    expect(request.protocols).toEqual(['a', 'b', 'c'])
    expect(request.extensions.map(one => one.name)).toEqual(['x', 'y'])
  })

  it('signals a GET or HEAD without Upgrade, also of HTTP/1.0, once it is a proper request', () => {
    const plain = (headers: Lines, changes: Changes): unknown => checkRequest(head(headers, changes), transport, defaults)
    expect(plain({ Host: 'a' }, { target: '/x?y' })).toEqual({ isUpgrade: false, resource: '/x?y' })
    expect(plain({ Host: 'a' }, { method: 'HEAD' })).toEqual({ isUpgrade: false, resource: '/' })
    expect(plain({}, { version: '1.0' })).toEqual({ isUpgrade: false, resource: '/' })
    expect(plain({ Host: 'a' }, { method: 'HEAD', version: '1.0', target: 'http://b/x' })).toEqual({ isUpgrade: false, resource: '/x' })
    expect(refused({ Host: undefined, Upgrade: undefined })).toMatchObject({ status: 400 })
  })

  describe('the request line', () => {
    for (const method of ['POST', 'HEAD', 'get', 'CONNECT']) {
      it(`is refused with the method ${method}`, () => {
        expect(refused({}, { method })).toMatchObject({ status: 405, reason: `method "${method}" is not GET` })
      })
    }

    for (const version of ['1.0', '0.9', '1.2', '2.0']) {
      it(`is refused with HTTP version ${version}`, () => {
        expect(refused({}, { version })).toMatchObject({ status: 505, reason: `HTTP version "${version}" is not 1.1` })
      })
    }

    it('says which methods there are', () => {
      expect(refused({}, { method: 'POST' })).toMatchObject({ headers: [['Allow', 'GET, HEAD']] })
    })

    for (const [target, host, resource] of [
      ['http://b.example/chat?x=1', 'b.example', '/chat?x=1'],
      ['HTTPS://B.example:8443/chat', 'b.example', '/chat'],
      ['ws://b.example', 'b.example', '/'],
      ['wss://[::1]:9000?x=1', '::1', '/?x=1'],
    ] as const) {
      it(`may have the absolute form ${target}, whose host counts in place of Host`, () => {
        const { request } = accepted(whole, { target })
        expect(request).toMatchObject({ host, resource, path: resource.split('?')[0] })
        expect(request.headers.get('host')).toBe('server.example.com')
      })
    }

    it('has the origin compared with the host of an absolute form', () => {
      const target = 'http://b.example/'
      expect(accepted({ ...whole, Origin: 'http://b.example' }, { target }).request.host).toBe('b.example')
      expect(refused({ Origin: 'http://server.example.com' }, { target })).toMatchObject({ status: 403 })
    })

    it('needs a Host header beside an absolute form, as HTTP/1.1 has it', () => {
      expect(refused({ Host: undefined }, { target: 'http://b.example/' })).toMatchObject({ status: 400, reason: 'no Host header' })
    })

    for (const [why, target, reason] of [
      ['of a tunnel', 'server.example.com:80', 'target "server.example.com:80" is neither a path nor an absolute URL'],
      ['of the server as a whole', '*', 'target "*" is neither a path nor an absolute URL'],
      ['with a fragment', '/a#b', 'target "/a#b" has a fragment'],
      ['with an empty fragment', '/a#', 'target "/a#" has a fragment'],
      ['that is not ASCII', '/\xe4', 'target "/\\xe4" has a character that must be escaped'],
      ['with a control character', '/a\x1bb', 'target "/a\\x1bb" has a character that must be escaped'],
      ['with a line break', '/a\nb', 'target "/a\\x0ab" has a character that must be escaped'],
    ] as const) {
      it(`is refused with a target ${why}`, () => {
        expect(refused({}, { target })).toMatchObject({ status: 400, reason })
      })
    }
  })

  describe('Host', () => {
    for (const [host, name] of [
      ['A.example:81', 'a.example'],
      ['[::1]:9000', '::1'],
      ['[::1]', '::1'],
      ['127.0.0.1', '127.0.0.1'],
    ] as const) {
      it(`is accepted: ${host}`, () => {
        expect(accepted({ ...whole, Host: host }).request.host).toBe(name)
      })
    }

    for (const [host, reason] of [
      [undefined, 'no Host header'],
      ['', 'Host "" is not a host with or without a port'],
      ['a b', 'Host "a b" is not a host with or without a port'],
      ['a:port', 'Host "a:port" is not a host with or without a port'],
      ['user@a', 'Host "user@a" is not a host with or without a port'],
      ['a, b', 'Host "a, b" is not a host with or without a port'],
    ] as const) {
      it(`is refused: ${host}`, () => {
        expect(refused({ Host: host })).toMatchObject({ status: 400, reason })
      })
    }

    it('may appear only once', () => {
      expect(refused({}, { more: 'Host: other\r\n' })).toMatchObject({ status: 400, reason: 'more than one Host header' })
    })

    it('has the external port where one is set', () => {
      for (const [host, isSecure, externalPort] of [
        ['a', false, 80],
        ['a', true, 443],
        ['a:80', true, 80],
        ['[::1]:9000', false, 9000],
      ] as const) {
        expect(accepted({ ...whole, Host: host }, {}, { isSecure, externalPort }).request.host).toBeDefined()
      }
      expect(refused({ Host: 'a:81' }, {}, { externalPort: 80 })).toMatchObject({
        status: 400,
        reason: 'Host has port 81, and this server is at port 80',
      })
      expect(refused({ Host: 'a' }, {}, { externalPort: 80, isSecure: true })).toMatchObject({
        reason: 'Host has no port, and this server is at port 80',
      })
      expect(refused({ Host: 'a' }, {}, { externalPort: 9000 })).toMatchObject({ status: 400 })
    })

    it('needs no port where the external port is the default of http or https, since a proxy may end TLS', () => {
      for (const externalPort of [80, 443]) expect(accepted({ ...whole, Host: 'a' }, {}, { externalPort }).request.host).toBe('a')
      expect(accepted(whole, { target: 'https://a/' }, { externalPort: 443 }).request.host).toBe('a')
      expect(refused({}, { target: 'https://a/' }, { externalPort: 80 })).toMatchObject({ status: 400 })
    })
  })

  describe('a body, which could smuggle', () => {
    for (const [more, reason] of [
      ['Content-Length: 5\r\n', 'request has Content-Length "5", and a handshake has no body'],
      ['Content-Length: 0\r\nContent-Length: 5\r\n', 'request has Content-Length "5", and a handshake has no body'],
      ['Content-Length: +0\r\n', 'request has Content-Length "+0", and a handshake has no body'],
      ['Content-Length: 0, 5\r\n', 'request has Content-Length "0, 5", and a handshake has no body'],
      ['Transfer-Encoding: chunked\r\n', 'request has Transfer-Encoding, and a handshake has no body'],
      ['Transfer-Encoding:\r\n', 'request has Transfer-Encoding, and a handshake has no body'],
    ] as const) {
      it(`is refused: ${JSON.stringify(more)}`, () => {
        expect(refused({}, { more })).toMatchObject({ status: 400, reason })
        expect(refused({ Upgrade: undefined }, { more })).toMatchObject({ status: 400, reason })
      })
    }

    it('may be said to be empty', () => {
      expect(accepted(whole, { more: 'Content-Length: 0\r\n' }).key).toBe(key)
    })
  })

  describe('Upgrade and Connection', () => {
    for (const upgrade of ['h2c', '', 'websocket/13', 'TLS/1.0, HTTP/1.1']) {
      it(`have the request treated as plain by Upgrade ${JSON.stringify(upgrade)}: it may be ignored (RFC 9110 §7.8)`, () => {
        const asked = head({ ...whole, Upgrade: upgrade }, { target: '/x' })
        expect(checkRequest(asked, transport, defaults)).toEqual({ isUpgrade: false, resource: '/x' })
      })
    }

    for (const [headers, reason] of [
      [{ Connection: undefined }, 'no Connection header'],
      [{ Connection: 'close' }, 'Connection "close" has no upgrade'],
      [{ Connection: 'upgraded' }, 'Connection "upgraded" has no upgrade'],
    ] as const) {
      it(`are refused: ${reason}`, () => {
        expect(refused(headers)).toMatchObject({ status: 400, reason })
      })
    }
  })

  describe('Sec-WebSocket-Version', () => {
    for (const version of ['0x0d', '13.0', '13, 8', '13,13', '013', '+13', '1e1', '8', '7', '0', '', '99999999999999999999']) {
      it(`${JSON.stringify(version)} is answered 426 with our list`, () => {
        expect(refused({ 'Sec-WebSocket-Version': version })).toMatchObject({
          status: 426,
          reason: `Sec-WebSocket-Version "${version}" is not spoken here`,
          headers: [
            ['Upgrade', 'websocket'],
            ['Sec-WebSocket-Version', '13'],
          ],
        })
      })
    }

    it('is answered 426 when it is there twice or not at all', () => {
      expect(refused({}, { more: 'Sec-WebSocket-Version: 13\r\n' })).toMatchObject({
        status: 426,
        reason: 'Sec-WebSocket-Version "13, 13" is not spoken here',
      })
      expect(refused({ 'Sec-WebSocket-Version': undefined })).toMatchObject({ status: 426, reason: 'no Sec-WebSocket-Version header' })
    })

    it('may have spaces around, which HTTP removes', () => {
      expect(accepted({ ...whole, 'Sec-WebSocket-Version': ' 13 \t' }).request.version).toBe(13)
    })

    it('is 8 where the option allows it; the list is descending', () => {
      const options = { ...defaults, versions: [8, 13] }
      expect(accepted({ ...whole, 'Sec-WebSocket-Version': '8' }, {}, {}, options).request.version).toBe(8)
      expect(refused({ 'Sec-WebSocket-Version': '7' }, {}, {}, options)).toMatchObject({
        headers: [
          ['Upgrade', 'websocket'],
          ['Sec-WebSocket-Version', '13, 8'],
        ],
      })
    })
  })

  describe('Sec-WebSocket-Protocol', () => {
    it('may not repeat a name, also over several lines', () => {
      expect(refused({}, { more: 'Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b, a\r\n' })).toMatchObject({
        status: 400,
        reason: 'subprotocol "a" is offered twice',
      })
    })

    it('has tokens', () => {
      expect(refused({ 'Sec-WebSocket-Protocol': 'a b' })).toMatchObject({ status: 400, reason: 'subprotocol "a b" is not a valid token' })
    })

    it('accepts names that objects inherit, such as constructor', () => {
      expect(accepted({ ...whole, 'Sec-WebSocket-Protocol': 'constructor, __proto__' }).request.protocols).toEqual([
        'constructor',
        '__proto__',
      ])
    })

    it('has no more than a hundred', () => {
      const names = Array.from({ length: 101 }, (_, i) => `p${i}`)
      expect(accepted({ ...whole, 'Sec-WebSocket-Protocol': names.slice(1).join() }).request.protocols.length).toBe(100)
      expect(refused({ 'Sec-WebSocket-Protocol': names.join() })).toMatchObject({ status: 431, reason: 'more than 100 subprotocols' })
    })

    for (const [what, value] of [
      ['names', 'a, '],
      ['spaces', ' '],
      ['commas', ','],
      ['commas and spaces', ' ,'],
    ] as const) {
      it(`takes linear time for megabytes of ${what}`, () => {
        expect(() =>
          checkRequest(head({ ...whole, 'Sec-WebSocket-Protocol': `${value.repeat(1_000_000)}a b` }), transport, defaults),
        ).toThrowError(expect.objectContaining({ name: 'HttpException' }))
      })
    }
  })

  describe('Sec-WebSocket-Key', () => {
    for (const [why, value] of [
      ['short', 'dGhlIHNhbXBsZSBub25j'],
      ['long', `${key}AAAA`],
      ['not canonical', 'dGhlIHNhbXBsZSBub25jZR=='],
      ['not base64', 'dGhlIHNhbXBsZSBub25j-_=='],
      ['not ASCII', '\xe4GhlIHNhbXBsZSBub25jZQ=='],
      ['empty', ''],
    ] as const) {
      it(`is refused when it is ${why}`, () => {
        expect(refused({ 'Sec-WebSocket-Key': value })).toMatchObject({
          status: 400,
          reason: expect.stringMatching(/^Sec-WebSocket-Key "[ -~]*" is not 16 octets in base64$/),
        })
      })
    }

    it('may appear only once', () => {
      expect(refused({ 'Sec-WebSocket-Key': undefined })).toMatchObject({ status: 400, reason: 'no Sec-WebSocket-Key header' })
      expect(refused({}, { more: `Sec-WebSocket-Key: ${key}\r\n` })).toMatchObject({
        status: 400,
        reason: 'more than one Sec-WebSocket-Key header',
      })
    })
  })

  describe('Sec-WebSocket-Extensions', () => {
    it('that break the grammar are answered 400', () => {
      expect(refused({ 'Sec-WebSocket-Extensions': 'a; b="c' })).toMatchObject({
        status: 400,
        reason: 'quoted value without end in the extensions',
      })
    })

    it('with too many offers are answered 431', () => {
      expect(refused({ 'Sec-WebSocket-Extensions': Array(100).fill('a').join() })).toMatchObject({ status: 431 })
    })

    it('with repeated parameters are left out', () => {
      expect(accepted({ ...whole, 'Sec-WebSocket-Extensions': 'a; b; b, c' }).request.extensions.map(one => one.name)).toEqual(['c'])
    })
  })

  describe('Origin', () => {
    for (const origin of ['http://evil.com', 'null', 'http://server.example.com:8080', 'http://server.example.com.evil.com', '', '\xe4']) {
      it(`${JSON.stringify(origin)} is answered 403 with a text that names the option`, () => {
        expect(refused({ Origin: origin })).toMatchObject({
          status: 403,
          reason: expect.stringMatching(/^allowedOrigins of the server does not have the origin "[ -~]*"$/),
        })
      })
    }

    it('may appear at most once', () => {
      expect(refused({ Origin: 'http://server.example.com' }, { more: 'Origin: http://evil.com\r\n' })).toMatchObject({
        status: 400,
        reason: 'more than one Origin header',
      })
    })

    it('has to be https where clients are known to use TLS', () => {
      const headers = { ...whole, Origin: 'https://server.example.com' }
      expect(accepted(headers).request.origin).toBe('https://server.example.com')
      expect(accepted(headers, {}, { isSecure: true }).request.origin).toBe('https://server.example.com')
      expect(refused({ Origin: 'http://server.example.com' }, {}, { isSecure: true })).toMatchObject({ status: 403 })
    })

    it('has another name in version 8, and its old one counts too', () => {
      const options = { ...defaults, versions: [13, 8] }
      const version8 = { ...whole, 'Sec-WebSocket-Version': '8' }
      expect(accepted({ ...version8, 'Sec-WebSocket-Origin': 'http://server.example.com' }, {}, {}, options).request.origin).toBe(
        'http://server.example.com',
      )
      expect(refused({ ...version8, 'Sec-WebSocket-Origin': 'http://evil.com' }, {}, {}, options)).toMatchObject({ status: 403 })
      expect(refused({ ...version8, Origin: 'http://evil.com' }, {}, {}, options)).toMatchObject({ status: 403 })
      expect(accepted({ ...whole, 'Sec-WebSocket-Origin': 'http://evil.com' }).request.origin).toBeUndefined()
    })
  })

  describe("the client's address", () => {
    it("is the transport's, whatever a header says", () => {
      expect(accepted({ ...whole, 'X-Forwarded-For': '127.0.0.1', Forwarded: 'for=127.0.0.2' }).request.peer).toEqual(transport.peer)
    })

    it('is the forwarded one behind trusted proxies, in the transport too', () => {
      const { request } = accepted({ ...whole, 'X-Forwarded-For': '6.6.6.6, 192.0.2.1' }, {}, {}, { ...defaults, trustXForwardedFor: 1 })
      expect(request.peer).toEqual({ address: '192.0.2.1', port: undefined })
      expect(request.transport).toEqual({ ...transport, peer: request.peer })
    })
  })

  it('throws nothing but HttpException, with a reason that is printable ASCII, whatever the headers', () => {
    const name = fc.constantFrom(...Object.keys(whole), 'Origin', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Content-Length')
    const value = fc.stringMatching(/^[!-~\x80-\xff]{0,20}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.string({ unit: 'binary' }), (lines, target) => {
        const changed = { ...whole, ...Object.fromEntries(lines) }
        try {
          checkRequest({ ...head(changed), target }, transport, defaults)
        } catch (error) {
          expect(error).toMatchObject({ name: 'HttpException', reason: expect.stringMatching(/^[ -~]+$/) })
        }
      }),
    )
  })
})

describe('acceptedRequest', () => {
  it('reads the same from the text as checkRequest did', () => {
    const lines = {
      ...whole,
      Origin: 'http://server.example.com',
      'Sec-WebSocket-Protocol': 'chat, superchat',
      'Sec-WebSocket-Extensions': 'foo; bar=1, baz',
      'X-Forwarded-For': '198.51.100.7',
    }
    for (const asked of [lines, whole]) {
      const text = `GET /a%20b?x=1 HTTP/1.1\r\n${Object.entries(asked)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`
      const checked = checkRequest(parseRequestHead(text), transport, { ...defaults, trustXForwardedFor: 1 })
      if (!checked.isUpgrade) throw new Error('plain')
      const { request } = checked
      const again = acceptedRequest(text, request.transport)
      expect({ ...again, headers: [...again.headers] }).toEqual({ ...request, headers: [...request.headers] })
    }
  })
})

describe('upgradeRequired', () => {
  it('says what to upgrade to, and the versions', () => {
    expect(upgradeRequired([8, 13])).toMatchObject({
      status: 426,
      headers: [
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13, 8'],
      ],
    })
  })
})

interface Changes {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  readonly more?: string
}

describe('checkRequest at a loopback address', () => {
  const loopback = (address = '127.0.0.1'): TransportDetails => ({ ...transport, own: { address, port: 80 } })
  const refusal = (
    host: string,
    options: Partial<RequestOptions> = {},
    at = loopback(),
    origin: string | undefined = `http://${host}`,
    target = '/',
  ): string | undefined => {
    try {
      checkRequest(head({ ...whole, Host: host, Origin: origin }, { target }), at, { ...defaults, ...options })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  it('refuses a page that came by the name of a stranger, and names the option', () => {
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
      expect(refusal('evil.example:80', {}, loopback(address)), address).toBe(
        '403 allowedHosts of the server does not have the host "evil.example", and this is a loopback address',
      )
    }
  })

  it('refuses it whatever allowedOrigins says', () => {
    for (const allowedOrigins of ['*', ['http://evil.example'], [/.*/]] as const) {
      expect(refusal('evil.example', { allowedOrigins }), String(allowedOrigins)).toContain('allowedHosts')
    }
    expect(refusal('evil.example', { allowNullOrigin: true }, loopback(), 'null')).toContain('allowedHosts')
  })

  it('looks at the host of a target in absolute form', () => {
    expect(refusal('localhost', {}, loopback(), 'http://evil.example', 'http://evil.example/')).toContain('allowedHosts')
  })

  it('allows names that always mean this machine', () => {
    for (const host of [
      'localhost',
      'LOCALHOST:9000',
      'localhost.',
      'app.localhost',
      '127.0.0.1',
      '127.1.2.3',
      '[::1]',
      '[0:0:0:0:0:0:0:1]',
    ]) {
      expect(refusal(host), host).toBeUndefined()
    }
  })

  it('refuses names that only look like them', () => {
    for (const host of ['localhost.evil.example', 'notlocalhost', '127.0.0.1.evil.example', '127.1', '2130706433', 'localhost..']) {
      expect(refusal(host), host).toContain('allowedHosts')
    }
  })

  it('allows allowedHosts', () => {
    expect(refusal('app.example:8443', { allowedHosts: ['app.example'] })).toBeUndefined()
    expect(refusal('other.example', { allowedHosts: ['app.example'] })).toContain('allowedHosts')
    expect(refusal('evil.example', { allowedHosts: '*' })).toBeUndefined()
  })

  it('asks nothing of requests without Origin, which no browser sends', () => {
    expect(checkRequest(head({ ...whole, Host: 'evil.example' }), loopback(), defaults)).toMatchObject({ isUpgrade: true })
  })

  it('asks nothing at other addresses and on Unix sockets', () => {
    for (const address of ['10.0.0.2', '', '/run/app.sock']) expect(refusal('evil.example', {}, loopback(address))).toBeUndefined()
  })

  it('asks nothing of what a trusted proxy passes on', () => {
    expect(refusal('app.example', { trustedProxies: ['10.0.0.1'] })).toBeUndefined()
    expect(refusal('app.example', { trustedProxies: address => address === '10.0.0.1' })).toBeUndefined()
    expect(refusal('app.example', { trustedProxies: ['10.0.0.9'] })).toContain('allowedHosts')
    expect(refusal('app.example', { trustXForwardedFor: 1 })).toContain('allowedHosts')
    const forwarded = head({ ...whole, Host: 'app.example', Origin: 'http://app.example', 'X-Forwarded-For': '192.0.2.1' })
    expect(checkRequest(forwarded, loopback(), { ...defaults, trustXForwardedFor: 1 })).toMatchObject({ isUpgrade: true })
    expect(() => checkRequest(forwarded, loopback(), defaults)).toThrow('allowedHosts')
  })
})

type Lines = Readonly<Record<string, string | undefined>>

function head(
  headers: Lines,
  { method = 'GET', target = '/', version = '1.1', more = '' }: Changes = {},
): ReturnType<typeof parseRequestHead> {
  const lines = Object.entries(headers).filter(([, value]) => value !== undefined)
  const parsed = parseRequestHead(`GET / HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${more}\r\n`)
  return { ...parsed, method, target }
}

function accepted(
  headers: Lines,
  changes: Changes = {},
  session?: RequestSession,
  options = defaults,
): { request: ConnectionRequest; key: string } {
  const result = checkRequest(head(headers, changes), transport, options, session)
  if (!result.isUpgrade) throw new Error('plain')
  return result
}

function refused(headers: Lines, changes: Changes = {}, session?: RequestSession, options = defaults): unknown {
  try {
    checkRequest(head({ ...whole, ...headers }, changes), transport, options, session)
  } catch (error) {
    expect(error).toMatchObject({ name: 'HttpException' })
    return error
  }
  throw new Error('accepted')
}
