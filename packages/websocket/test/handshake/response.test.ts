import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import type { HeadersInput } from '../../src/handshake/http/http-exception.ts'
import { decodeLatin1 } from '../../src/handshake/http/latin1.ts'
import {
  type AcceptParts,
  acceptFor,
  formatAccept,
  formatRefusal,
  type RefusalParts,
  withoutContent,
} from '../../src/handshake/response.ts'
import { fakeRuntime } from '../../src/testing/index.ts'

const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const least: AcceptParts = { accept, protocol: '', extensions: [] }
const badTexts = ['a\r\nSet-Cookie: x', 'a\nb', 'a\rb', '\0', '\u0100', '\ud83d\ude00']

describe('acceptFor', () => {
  it('is the example of RFC 6455 §1.3', () => {
    expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==', fakeRuntime().crypto)).toBe(accept)
  })

  it('is what the runtime says, where that has SHA-1 in base64', () => {
    const asked: string[] = []
    const sha1Base64 = (text: string): string => {
      asked.push(text)
      return 'x'
    }
    expect(acceptFor('key', { ...fakeRuntime().crypto, sha1Base64 })).toBe('x')
    expect(asked).toEqual(['key258EAFA5-E914-47DA-95CA-C5AB0DC85B11'])
  })
})

describe('formatAccept', () => {
  it('writes no more than it has to', () => {
    expect(decodeLatin1(formatAccept(least))).toBe(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    expect(formatAccept({ ...least, serverHeader: '' })).toEqual(formatAccept(least))
  })

  it('writes everything in its order', () => {
    const instance = { reservedBits: 0, opcodes: [], close: () => {} }
    const extensions = [
      { name: 'a', parameters: new Map([['x', '1']]), instance },
      { name: 'b', parameters: new Map<string, true>([['y', true]]), instance },
    ]
    const parts = {
      accept,
      protocol: 'chat',
      extensions,
      serverHeader: 'S/1',
      factoryHeaders: { 'X-F': 'f' },
      headers: [['X-C', ['1', '2']]] as HeadersInput,
    }
    expect(decodeLatin1(formatAccept(parts)).split('\r\n')).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'Server: S/1',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'X-F: f',
      'X-C: 1',
      'X-C: 2',
      'Sec-WebSocket-Protocol: chat',
      `Sec-WebSocket-Accept: ${accept}`,
      'Sec-WebSocket-Extensions: a; x=1, b; y',
      '',
      '',
    ])
  })

  for (const name of [
    'Upgrade',
    'connection',
    'SEC-WEBSOCKET-ACCEPT',
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Protocol',
    'Content-Length',
    'Transfer-Encoding',
  ]) {
    it(`refuses the header ${name}, which is its own`, () => {
      expect(() => formatAccept({ ...least, headers: { [name]: 'x' } })).toThrowError(misuse())
      expect(() => formatAccept({ ...least, factoryHeaders: { [name]: 'x' } })).toThrowError(misuse())
    })
  }

  for (const bad of badTexts) {
    it(`refuses ${JSON.stringify(bad)} wherever an application can set it`, () => {
      for (const part of [
        { serverHeader: bad },
        { headers: { 'X-A': bad } },
        { headers: { [bad]: 'x' } },
        { factoryHeaders: { 'X-A': bad } },
        { protocol: bad },
        { extensions: [{ name: bad, parameters: new Map(), instance: { reservedBits: 0, opcodes: [], close: () => {} } }] },
      ]) {
        expect(() => formatAccept({ ...least, ...part })).toThrowError(misuse())
      }
    })
  }
})

describe('formatRefusal', () => {
  it('has the reason as phrase and body, and ends the connection', () => {
    expect(decodeLatin1(refusal(403, 'not you')).split('\r\n')).toEqual([
      'HTTP/1.1 403 not you',
      'Content-Type: text/plain; charset=utf-8',
      'X-Content-Type-Options: nosniff',
      'Content-Length: 8',
      'Connection: close',
      '',
      'not you\n',
    ])
  })

  it('has the standard phrase without a reason', () => {
    expect(decodeLatin1(refusal(503, ''))).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\n\r\nService Unavailable\n$/)
  })

  it("writes a body of its own in UTF-8, and the server's name", () => {
    const text = decodeLatin1(
      refusal(401, 'no', {
        headers: { 'WWW-Authenticate': 'Basic', 'content-type': 'application/json', 'X-Content-Type-Options': 'x' },
        body: '"ä"',
        serverHeader: 'S/1',
      }),
    )
    expect(text).toBe(
      'HTTP/1.1 401 no\r\nServer: S/1\r\nWWW-Authenticate: Basic\r\ncontent-type: application/json\r\nX-Content-Type-Options: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"\xc3\xa4"',
    )
  })

  it('names Upgrade in Connection where it has to', () => {
    expect(decodeLatin1(refusal(426, '', { headers: { Upgrade: 'websocket' } }))).toContain('Upgrade: websocket\r\n')
    expect(decodeLatin1(refusal(426, '', { headers: { Upgrade: 'websocket' } }))).toContain('\r\nConnection: close, Upgrade\r\n')
  })

  for (const status of [101, 200, 299, 600, 403.5, Number.NaN]) {
    it(`refuses the status ${status}`, () => {
      expect(() => refusal(status, '')).toThrowError(
        expect.objectContaining({ name: 'ApiMisuse', message: `status ${status} is not within 300 and 599` }),
      )
    })
  }

  for (const bad of badTexts) {
    it(`refuses ${JSON.stringify(bad)} in reason, headers and the redirect's address`, () => {
      expect(() => refusal(400, bad)).toThrowError(misuse())
      expect(() => refusal(302, '', { headers: { Location: bad } })).toThrowError(misuse())
      expect(() => refusal(400, '', { headers: [[bad, 'x']] })).toThrowError(misuse())
      expect(() => refusal(400, '', { serverHeader: bad })).toThrowError(misuse())
    })
  }

  it('refuses headers that are its own', () => {
    for (const name of ['Connection', 'Content-Length', 'Transfer-Encoding', 'Sec-WebSocket-Accept']) {
      expect(() => refusal(400, '', { headers: { [name]: 'x' } })).toThrowError(misuse())
    }
  })
})

describe('withoutContent', () => {
  it('keeps the head, with the length that the content would have', () => {
    expect(decodeLatin1(withoutContent(refusal(405, 'method "HEAD" is not GET')))).toMatch(
      /Content-Length: 25\r\nConnection: close\r\n\r\n$/,
    )
    expect(withoutContent(Uint8Array.of(13, 10))).toEqual(Uint8Array.of(13, 10))
  })
})

function misuse(): unknown {
  return expect.objectContaining({ name: 'ApiMisuse' })
}

function refusal(status: number, reason: string, others: Partial<RefusalParts> = {}): Uint8Array {
  return formatRefusal({ status, reason, ...others }, webText)
}
