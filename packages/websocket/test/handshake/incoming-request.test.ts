import { describe, expect, it } from 'vitest'
import { parseRequestHead } from '../../src/handshake/http/http1-head.ts'
import type { IncomingRequest } from '../../src/handshake/incoming-request.ts'
import { checkRequest } from '../../src/handshake/request.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { serverOptions } from '../../src/protocol/options/options.ts'
import { transport, upgrade } from '../application/memory-link.ts'

describe('IncomingRequest', () => {
  it('reads the query as the platform does, beside params', () => {
    const { query, params } = requested('/a%20b?room=one+two&x=1&x=%32&y')
    expect([...query]).toEqual([
      ['room', 'one two'],
      ['x', '1'],
      ['x', '2'],
      ['y', ''],
    ])
    expect(params.get('x')).toEqual(['1', '2'])
    expect([...requested('/').query]).toEqual([])
    expect([...requested('/a?').query]).toEqual([])
  })

  it('reads the cookies of all lines', () => {
    expect([...requested('/', 'Cookie: a=1; b="2"', 'cookie: a=9; c=3').cookies]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
    expect(requested('/').cookies.size).toBe(0)
  })

  it('has the URL that the client asked for', () => {
    expect(requested('/chat?x=1').url.href).toBe('ws://localhost/chat?x=1')
    expect(requested('//evil.example/?x').url.href).toBe('ws://localhost//evil.example/?x')
    expect(from(upgrade().replace('localhost', 'Server.example.com:8080')).url.href).toBe('ws://server.example.com:8080/')
    expect(from(upgrade().replace('localhost', '[::1]:9000')).url.href).toBe('ws://[::1]:9000/')
  })

  it('has the URL of a target in absolute form, whose host replaces the header (RFC 9112 §3.2.2)', () => {
    expect(requested('http://other.example:81/a?b').url.href).toBe('ws://other.example:81/a?b')
  })

  it('has the scheme wss where this server ends TLS, or is told that a proxy does', () => {
    expect(from(upgrade(), { isSecure: true }).url.protocol).toBe('wss:')
    expect(requested('/').join(undefined, true).url.protocol).toBe('wss:')
  })

  it('refuses with 400 a host that cannot stand in a URL', () => {
    const request = from(upgrade().replace('localhost', '256.1.1.1'))
    expect(() => request.url).toThrow(expect.objectContaining({ name: 'HttpException', status: 400 }))
  })

  it('makes each of them once', () => {
    const request = requested('/?a=1', 'Cookie: a=1')
    for (const part of ['url', 'query', 'cookies', 'signal'] as const) expect(request[part]).toBe(request[part])
  })

  it('has a signal that does not abort where there is no connection', () => {
    expect(requested('/').signal.aborted).toBe(false)
  })

  it('has data and the raw request only where they were passed on', () => {
    const request = requested('/')
    expect(request.data).toBeUndefined()
    expect(request.raw).toBeUndefined()
    request.join(undefined, undefined, { data: 'alice', raw: raw() })
    expect(request.data).toBe('alice')
    expect(request.raw).toEqual(raw())
  })

  describe('settled', () => {
    it('is the same request where there is no raw one', () => {
      const request = requested('/')
      expect(request.settled()).toBe(request)
    })

    it('is the same request where the application has read the raw one', () => {
      const request = requested('/').join(undefined, undefined, { raw: raw() })
      expect(request.raw).toEqual(raw())
      expect(request.settled()).toBe(request)
    })

    it('is otherwise an equal one without it, which says so', () => {
      const request = requested('http://other.example/a', 'Cookie: a=1').join(undefined, undefined, { raw: raw(), data: 7 })
      const kept = request.settled()
      expect(kept).not.toBe(request)
      expect(kept).toEqual(request)
      expect(kept.url.href).toBe('ws://other.example/a')
      expect(kept.data).toBe(7)
      expect(kept.cookies.get('a')).toBe('1')
      expect(() => kept.raw).toThrow(/let go of the raw request/)
      expect(request.raw).toEqual(raw())
    })

    it('says so also where nothing else was passed on', () => {
      const kept = [1, 2].map(() => requested('/').join(undefined, undefined, { raw: raw() }).settled())
      expect([...kept[0]!.query]).toEqual([])
      for (const one of kept) expect(() => one.raw).toThrow(/let go of the raw request/)
    })
  })
})

function requested(target: string, ...headers: readonly string[]): IncomingRequest {
  return from(upgrade(target, ...headers))
}

function from(text: string, over: { readonly isSecure?: boolean } = {}): IncomingRequest {
  const options = { ...defaultsOf(serverOptions), allowedHosts: '*' as const }
  const checked = checkRequest(parseRequestHead(text), { ...transport, ...over }, options)
  if (!checked.isUpgrade) throw new Error('not an upgrade')
  return checked.request
}

/** Stands for the request of an HTTP server, whose type this folder does not know. */
function raw(): never {
  return { url: '/' } as never
}
