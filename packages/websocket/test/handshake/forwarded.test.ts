import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forwardedPeer } from '../../src/handshake/forwarded.ts'
import { HeaderFields } from '../../src/handshake/http/header-fields.ts'
import type { HeadersInput } from '../../src/handshake/http/http-exception.ts'
import type { TrustedProxies } from '../../src/protocol/options/options.ts'

describe('forwardedPeer', () => {
  it('ignores the headers by default, whatever they claim', () => {
    expect(peer({ 'X-Forwarded-For': '1.1.1.1', Forwarded: 'for=1.1.1.1' })).toBeUndefined()
    expect(peer({ 'X-Forwarded-For': '127.0.0.1' }, { proxies: ['10.0.0.9'] })).toBeUndefined()
  })

  it('returns undefined without headers', () => {
    expect(peer({}, { count: 3 })).toBeUndefined()
  })

  describe('by count', () => {
    it('believes so many entries from the right', () => {
      const headers = { 'X-Forwarded-For': '6.6.6.6, 1.1.1.1, 2.2.2.2' }
      expect(peer(headers, { count: 1 })).toBe('2.2.2.2')
      expect(peer(headers, { count: 2 })).toBe('1.1.1.1')
      expect(peer(headers, { count: 3 })).toBe('6.6.6.6')
      expect(peer(headers, { count: 9 })).toBe('6.6.6.6')
    })

    it('joins several header lines', () => {
      expect(
        peer(
          [
            ['X-Forwarded-For', '1.1.1.1'],
            ['X-Forwarded-For', '2.2.2.2'],
          ],
          { count: 2 },
        ),
      ).toBe('1.1.1.1')
    })
  })

  describe('by address', () => {
    it('goes on as long as the addresses are trusted proxies', () => {
      const headers = { 'X-Forwarded-For': '6.6.6.6, 1.1.1.1, 10.0.0.2' }
      expect(peer(headers, { proxies: ['10.0.0.1', '10.0.0.2'] })).toBe('1.1.1.1')
      expect(peer(headers, { proxies: ['10.0.0.1'] })).toBe('10.0.0.2')
      expect(peer(headers, { proxies: ['10.0.0.2'] })).toBeUndefined()
    })

    it('asks a function', () => {
      expect(peer({ 'X-Forwarded-For': '6.6.6.6, 1.1.1.1, 10.0.0.2' }, { proxies: address => address.startsWith('10.') })).toBe('1.1.1.1')
    })

    it('knows an address in all its spellings', () => {
      const options = { remote: '::ffff:10.0.0.1', proxies: ['10.0.0.1', '2001:db8:0::1'] }
      expect(peer({ 'X-Forwarded-For': '1.1.1.1, 2001:DB8::1' }, options)).toBe('1.1.1.1')
    })

    it('knows a Unix socket by its path', () => {
      expect(peer({ 'X-Forwarded-For': '1.1.1.1' }, { remote: '/run/proxy.sock', proxies: ['/run/proxy.sock'] })).toBe('1.1.1.1')
    })

    it('trusts no hidden address, also where the empty one of a Unix socket is trusted', () => {
      expect(peer({ Forwarded: 'for=6.6.6.6, for=unknown' }, { remote: '', proxies: () => true })).toBe('')
    })
  })

  describe('X-Forwarded-For', () => {
    for (const [entry, address, port] of [
      ['192.0.2.1', '192.0.2.1', undefined],
      ['192.0.2.1:4711', '192.0.2.1', 4711],
      ['2001:DB8::1', '2001:db8::1', undefined],
      ['[2001:db8::1]', '2001:db8::1', undefined],
      ['[2001:db8::1]:4711', '2001:db8::1', 4711],
      ['unknown', '', undefined],
    ] as const) {
      it(`has the entry ${entry}`, () => {
        expect(forwarded({ 'X-Forwarded-For': ` ${entry}\t` }, { count: 1 })).toEqual({ address, port })
      })
    }

    for (const entry of ['', 'example.com', '1.2.3', '1.2.3.4:99999', '[::1', '1.2.3.4 5.6.7.8', '"1.2.3.4"', '<script>']) {
      it(`ends at the malformed entry ${JSON.stringify(entry)}`, () => {
        expect(peer({ 'X-Forwarded-For': `6.6.6.6,${entry}` }, { count: 3 })).toBeUndefined()
        expect(peer({ 'X-Forwarded-For': `6.6.6.6,${entry},1.1.1.1` }, { count: 3 })).toBe('1.1.1.1')
      })
    }
  })

  describe('Forwarded', () => {
    for (const [header, address, port] of [
      ['for=192.0.2.43', '192.0.2.43', undefined],
      ['For="192.0.2.43:4711"', '192.0.2.43', 4711],
      ['FOR="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17', 4711],
      ['for="[2001:db8:cafe::17]"', '2001:db8:cafe::17', undefined],
      ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60', undefined],
      ['by="a,b;c" ; for = 192.0.2.60 ; host="x;for=6.6.6.6,y"', '192.0.2.60', undefined],
      ['for="192.0.2.43:_port"', '192.0.2.43', undefined],
      ['for=_gazonk', '', undefined],
      ['for=unknown', '', undefined],
      ['for="_SEVKISEK:80"', '', 80],
    ] as const) {
      it(`has the element ${header}`, () => {
        expect(forwarded({ Forwarded: header }, { count: 1 })).toEqual({ address, port })
      })
    }

    for (const element of [
      '',
      'proto=http',
      'for',
      'for=',
      'for="',
      'for=a b',
      'for=1.1.1.1;for=2.2.2.2',
      'for="1.1.1.1\\"',
      'for="\\1.1.1.1"',
      '=1.1.1.1',
    ]) {
      it(`ends at the malformed element ${JSON.stringify(element)}`, () => {
        expect(peer({ Forwarded: element }, { count: 3 })).toBeUndefined()
        expect(peer({ Forwarded: `${element}, for=1.1.1.1` }, { count: 3 })).toBe('1.1.1.1')
      })
    }

    it("finds the proxy's entries whatever a client wrote before them", () => {
      fc.assert(
        fc.property(fc.string(), text => {
          expect(peer({ Forwarded: `${text.replace(/[^ -~]/g, '')},for="[2001:db8::1]:80";by="a,b"` }, { count: 1 })).toBe('2001:db8::1')
        }),
      )
    })
  })

  describe('with both headers', () => {
    it('takes the one that says something', () => {
      expect(peer({ Forwarded: 'nonsense', 'X-Forwarded-For': '1.1.1.1' }, { count: 1 })).toBe('1.1.1.1')
      expect(peer({ Forwarded: 'for=1.1.1.1', 'X-Forwarded-For': 'nonsense' }, { count: 1 })).toBe('1.1.1.1')
    })

    it('takes Forwarded where they agree', () => {
      const headers = { Forwarded: 'for="1.1.1.1:4711"', 'X-Forwarded-For': '::ffff:1.1.1.1' }
      expect(forwarded(headers, { count: 1 })).toEqual({ address: '1.1.1.1', port: 4711 })
    })

    it('refuses where they do not: one of them is forged', () => {
      expect(() => peer({ Forwarded: 'for=127.0.0.1', 'X-Forwarded-For': '1.1.1.1' }, { count: 1 })).toThrowError(
        expect.objectContaining({ name: 'HttpException', status: 400, reason: 'Forwarded and X-Forwarded-For name different clients' }),
      )
    })
  })

  for (const [what, text] of [
    ['commas', ','],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['semicolons', ';'],
    ['spaces', ' '],
    ['entries', '1.1.1.1,'],
  ] as const) {
    it(`takes linear time for hundreds of thousands of ${what}`, () => {
      const value = text.repeat(300_000)
      expect(String(peer({ Forwarded: value, 'X-Forwarded-For': value }, { count: 1_000_000 }))).toMatch(/^(undefined|1\.1\.1\.1)$/)
    })
  }
})

describe('forwardedPeer with ranges', () => {
  it('believes proxies of a range, also for several hops', () => {
    const headers = { 'X-Forwarded-For': '192.0.2.1, 10.1.1.1' }
    expect(peer(headers, { proxies: ['10.0.0.0/8'], remote: '10.0.0.1' })).toBe('192.0.2.1')
    expect(peer(headers, { proxies: ['10.0.0.0/24'], remote: '10.0.0.1' })).toBe('10.1.1.1')
    expect(peer(headers, { proxies: ['127.0.0.0/8'], remote: '::ffff:127.0.0.1' })).toBe('10.1.1.1')
    expect(peer(headers, { proxies: ['127.0.0.0/8'], remote: '10.0.0.1' })).toBeUndefined()
  })

  it('compares the path of a Unix socket as it is', () => {
    expect(peer({ 'X-Forwarded-For': '192.0.2.1' }, { proxies: ['/run/a.sock'], remote: '/run/a.sock' })).toBe('192.0.2.1')
    expect(peer({ 'X-Forwarded-For': '192.0.2.1' }, { proxies: ['/run/b.sock'], remote: '/run/a.sock' })).toBeUndefined()
  })

  it('throws where a function returns anything but true or false', () => {
    const proxies = (() => Promise.resolve(true)) as unknown as TrustedProxies
    expect(() => peer({ 'X-Forwarded-For': '192.0.2.1' }, { proxies })).toThrow('trustedProxies must return true or false')
  })
})

interface Trust {
  readonly count?: number
  readonly proxies?: TrustedProxies
  readonly remote?: string
}

function forwarded(headers: HeadersInput, { count = 0, proxies = [], remote = '10.0.0.1' }: Trust = {}): ReturnType<typeof forwardedPeer> {
  return forwardedPeer(HeaderFields.from(headers), remote, { trustXForwardedFor: count, trustedProxies: proxies })
}

function peer(headers: HeadersInput, trust: Trust = {}): string | undefined {
  return forwarded(headers, trust)?.address
}
