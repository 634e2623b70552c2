import { describe, expect, it } from 'vitest'
import { type CheckedResponse, checkResponse, formatRequest, makeKey } from '../../src/handshake/client-request.ts'
import type { ConnectingRequest } from '../../src/handshake/connection-request.ts'
import { isBase64Of16 } from '../../src/handshake/http/base64.ts'
import { parseRequestHead, parseResponseHead } from '../../src/handshake/http/http1-head.ts'
import { decodeLatin1 } from '../../src/handshake/http/latin1.ts'
import { checkRequest } from '../../src/handshake/request.ts'
import { fakeRuntime } from '../../src/testing/index.ts'

const { crypto } = fakeRuntime()
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const least: ConnectingRequest = { host: 'a', resource: '/', headers: [], origin: undefined, protocols: [], useragent: undefined }

describe('makeKey', () => {
  it('is 16 octets in base64, each time others', () => {
    const keys = [makeKey(crypto), makeKey(crypto)]
    expect(keys.map(isBase64Of16)).toEqual([true, true])
    expect(keys[0]).not.toBe(keys[1])
  })
})

describe('formatRequest', () => {
  it('writes no more than it has to', () => {
    expect(lines(least)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Version: 13',
      '',
      '',
    ])
  })

  it('writes everything in its order', () => {
    const connecting = {
      host: '[::1]:9000',
      resource: '/a?b=c',
      headers: { Authorization: 'Bearer x', Cookie: ['a=b', 'c=d'] },
      origin: 'https://a.example',
      protocols: ['chat', 'superchat'],
      useragent: 'U/1',
    }
    expect(lines(connecting, 'foo; bar')).toEqual([
      'GET /a?b=c HTTP/1.1',
      'User-Agent: U/1',
      'Host: [::1]:9000',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Authorization: Bearer x',
      'Cookie: a=b',
      'Cookie: c=d',
      `Sec-WebSocket-Key: ${key}`,
      'Origin: https://a.example',
      'Sec-WebSocket-Protocol: chat,superchat',
      'Sec-WebSocket-Extensions: foo; bar',
      'Sec-WebSocket-Version: 13',
      '',
      '',
    ])
  })

  it('has another name for the origin in version 8', () => {
    expect(lines({ ...least, origin: 'http://a' }, '', 8)).toEqual(
      expect.arrayContaining(['Sec-WebSocket-Origin: http://a', 'Sec-WebSocket-Version: 8']),
    )
  })

  it('is taken by the server', () => {
    const address = { address: '', port: undefined }
    const trust = { trustXForwardedFor: 0, trustedProxies: [] }
    const options = { versions: [13], allowedOrigins: ['same-origin'], allowNullOrigin: false, allowedHosts: [], ...trust }
    const head = parseRequestHead(decodeLatin1(formatRequest({ ...least, origin: 'http://a', protocols: ['p', 'q'] }, key, 'x, y', 13)))
    expect(checkRequest(head, { peer: address, own: address, isSecure: false }, options)).toMatchObject({
      isUpgrade: true,
      key,
      request: { host: 'a', origin: 'http://a', protocols: ['p', 'q'], extensions: [{ name: 'x' }, { name: 'y' }] },
    })
  })

  for (const name of [
    'Host',
    'Upgrade',
    'connection',
    'ORIGIN',
    'User-Agent',
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Extensions',
    'Content-Length',
    'Transfer-Encoding',
  ]) {
    it(`refuses the header ${name}, which is its own`, () => {
      expect(() => lines({ ...least, headers: { [name]: 'x' } })).toThrowError(misuse(`header "${name}" is set by the handshake itself`))
    })
  }

  for (const bad of ['/\r\nX: y', '/ HTTP/1.1\r\n\r\n', '/a b', '/\n', '/\0', '/ä', '/#a', 'a', '', 'http://b/']) {
    it(`refuses the resource ${JSON.stringify(bad)}`, () => {
      expect(() => lines({ ...least, resource: bad })).toThrowError(
        misuse(expect.stringMatching(/^resource "[ -~]*" is not a path with or without a query$/)),
      )
    })
  }

  for (const bad of ['', 'a\r\nX: y', 'a b', 'a/b', 'u:p@a', 'a:99999']) {
    it(`refuses the host ${JSON.stringify(bad)}`, () => {
      expect(() => lines({ ...least, host: bad })).toThrowError(
        misuse(expect.stringMatching(/^"[ -~]*" is not a host with or without a port$/)),
      )
    })
  }

  for (const bad of ['a\r\nX: y', '\n', '\0', '\u0100']) {
    it(`refuses ${JSON.stringify(bad)} in origin, useragent, headers, subprotocols and extensions`, () => {
      for (const part of [{ origin: bad }, { useragent: bad }, { headers: { X: bad } }, { protocols: [bad] }]) {
        expect(() => lines({ ...least, ...part })).toThrowError(misuse())
      }
      expect(() => lines(least, bad)).toThrowError(misuse())
    })
  }

  it('refuses subprotocols that are not tokens or are repeated', () => {
    expect(() => lines({ ...least, protocols: ['a,b'] })).toThrowError(misuse('subprotocol "a,b" is not a valid token'))
    expect(() => lines({ ...least, protocols: ['a', 'b', 'a'] })).toThrowError(misuse('a subprotocol is offered twice'))
  })
})

describe('checkResponse', () => {
  it('takes the example of RFC 6455 §1.3', () => {
    expect(check({ more: 'Sec-WebSocket-Protocol: chat\r\n' })).toEqual({ protocol: 'chat', extensions: [] })
  })

  it('takes a response that agrees to nothing', () => {
    expect(check({})).toEqual({ protocol: '', extensions: [] })
  })

  it('accepts any case, lists in Connection, and extensions over several lines', () => {
    const more = 'Sec-WebSocket-Extensions: a; b=1\r\nSec-WebSocket-Extensions: c\r\n'
    expect(check({ upgrade: 'WebSocket', connection: 'keep-alive, upgrade', more }).extensions).toEqual([
      { name: 'a', parameters: new Map([['b', '1']]) },
      { name: 'c', parameters: new Map() },
    ])
  })

  for (const [why, changes, status, message] of [
    ['HTTP/1.0', { start: 'HTTP/1.0 101 X' }, 101, 'server answered with HTTP 1.0, and not 1.1'],
    ['another status', { start: 'HTTP/1.1 401 Unauthorized' }, 401, 'server answered 401 "Unauthorized"'],
    ['a path that is not there', { start: 'HTTP/1.1 404 no such room' }, 404, 'server answered 404 "no such room" for the path "/chat"'],
    ['another status without reason', { start: 'HTTP/1.1 200' }, 200, 'server answered 200'],
    ['a reason with what is not ASCII', { start: 'HTTP/1.1 400 \xe4' }, 400, 'server answered 400 "\\xe4"'],
    [
      'a redirect',
      { start: 'HTTP/1.1 302 Found', more: 'Location: file:///etc/passwd\t"\xe4\r\n' },
      302,
      'server answered 302 "Found", and its redirect to "file:///etc/passwd\\x09\\"\\xe4" is not followed',
    ],
    ['a redirect to nowhere', { start: 'HTTP/1.1 307 X' }, 307, 'server answered 307 "X"'],
    ['a location without redirect', { start: 'HTTP/1.1 201 X', more: 'Location: /\r\n' }, 201, 'server answered 201 "X"'],
    ['no Upgrade', { upgrade: undefined }, 101, 'server answered without Upgrade header'],
    ['another Upgrade', { upgrade: 'h2c' }, 101, 'server upgrades to "h2c"'],
    ['a list in Upgrade', { upgrade: 'websocket, h2c' }, 101, 'server upgrades to "websocket, h2c"'],
    ['two Upgrades', { more: 'Upgrade: websocket\r\n' }, 101, 'server answered with more than one Upgrade header'],
    ['no Connection', { connection: undefined }, 101, 'Connection "" has no upgrade'],
    ['another Connection', { connection: 'close' }, 101, 'Connection "close" has no upgrade'],
    ['no accept', { accept: undefined }, 101, 'server answered without Sec-WebSocket-Accept header'],
    ['a wrong accept', { accept: key }, 101, `Sec-WebSocket-Accept "${key}" is not "${accept}"`],
    [
      'an accept in another case',
      { accept: accept.toLowerCase() },
      101,
      `Sec-WebSocket-Accept "${accept.toLowerCase()}" is not "${accept}"`,
    ],
    ['two accepts', { more: `Sec-WebSocket-Accept: ${accept}\r\n` }, 101, 'server answered with more than one Sec-WebSocket-Accept header'],
    ['a subprotocol that was not offered', { more: 'Sec-WebSocket-Protocol: evil\r\n' }, 101, 'subprotocol "evil" was not offered'],
    ['a subprotocol in another case', { more: 'Sec-WebSocket-Protocol: Chat\r\n' }, 101, 'subprotocol "Chat" was not offered'],
    ['an empty subprotocol', { more: 'Sec-WebSocket-Protocol:\r\n' }, 101, 'subprotocol "" was not offered'],
    ['several subprotocols', { more: 'Sec-WebSocket-Protocol: chat, superchat\r\n' }, 101, 'subprotocol "chat, superchat" was not offered'],
    [
      'a subprotocol twice',
      { more: 'Sec-WebSocket-Protocol: chat\r\n'.repeat(2) },
      101,
      'server answered with more than one Sec-WebSocket-Protocol header',
    ],
    ['repeated parameters', { more: 'Sec-WebSocket-Extensions: a; b=1; b=2\r\n' }, 101, 'parameter "b" of extension "a" is repeated'],
    ['broken extensions', { more: 'Sec-WebSocket-Extensions: a; "\r\n' }, 101, 'extensions have "\\"" where a parameter is due'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(() => check(changes)).toThrowError(expect.objectContaining({ name: 'HandshakeFailed', status, message }))
    })
  }
})

interface Changes {
  readonly start?: string
  readonly upgrade?: string | undefined
  readonly connection?: string | undefined
  readonly accept?: string | undefined
  readonly more?: string
}

function check(changes: Changes): CheckedResponse {
  const {
    start,
    upgrade,
    connection,
    accept: given,
    more,
  } = { start: 'HTTP/1.1 101 X', upgrade: 'websocket', connection: 'Upgrade', accept, more: '', ...changes }
  const headers = [
    ['Upgrade', upgrade],
    ['Connection', connection],
    ['Sec-WebSocket-Accept', given],
  ].filter(([, value]) => value !== undefined)
  const head = parseResponseHead(`${start}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${more}\r\n`)
  return checkResponse(head, { key, crypto, protocols: ['chat', 'superchat'], resource: '/chat?token=secret' })
}

function lines(connecting: ConnectingRequest, extensions = '', version = 13): string[] {
  return decodeLatin1(formatRequest(connecting, key, extensions, version)).split('\r\n')
}

function misuse(message: unknown = expect.any(String)): unknown {
  return expect.objectContaining({ name: 'ApiMisuse', message })
}
