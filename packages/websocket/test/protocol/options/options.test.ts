import { describe, expect, it } from 'vitest'
import { defaultsOf, type OptionTable, resolveOptions } from '../../../src/protocol/options/option-table.ts'
import { type ClientOptions, clientOptions, type ServerOptions, serverOptions } from '../../../src/protocol/options/options.ts'

const server = defaultsOf(serverOptions)
const client = defaultsOf(clientOptions)

describe('the option tables', () => {
  for (const [role, table, defaults] of [
    ['server', serverOptions, server],
    ['client', clientOptions, client],
  ] as const) {
    it(`describe each option of a ${role}, with a default that holds`, () => {
      for (const [name, rule] of Object.entries(table)) {
        expect([name, rule.holds(rule.default)]).toEqual([name, true])
        expect(rule.means).toMatch(/\.$/)
        expect(rule.because).toMatch(/\.$/)
        expect(rule.wanted.length).toBeGreaterThan(3)
      }
      expect(Object.keys(defaults)).toEqual(Object.keys(table))
    })
  }

  it('bound what a peer can cost by default', () => {
    expect(server).toMatchObject({
      maxFramePayloadSize: 16 * 1024 * 1024,
      maxMessagePayloadSize: 16 * 1024 * 1024,
      maxMessageFrames: 131_072,
      openHandshakeTimeout: 5,
      closeHandshakeTimeout: 5,
      maxHandshakeSize: 16 * 1024,
      maxHandshakeHeaders: 100,
      autoPingInterval: 20,
      autoPingTimeout: 20,
      maxUnsentSize: 16 * 1024 * 1024,
      unsentPolicy: 'drop',
      maxConnections: 50_000,
      requireMaskedClientFrames: true,
    })
  })
})

describe('resolveOptions', () => {
  it('refuses origins that could never match', () => {
    const given = (allowedOrigins: readonly (string | RegExp)[]): unknown =>
      resolveOptions(serverOptions, defaultsOf(serverOptions), { allowedOrigins })
    for (const wrong of ['localhost', 'localhost:5173', 'http://localhost:5173/', 'http://a/b', '', 'http://a b']) {
      expect(() => given([wrong]), wrong).toThrow('option allowedOrigins must be')
    }
    for (const right of [
      '*',
      'same-origin',
      'http://localhost:5173',
      'https://*.example.com',
      '*://example.com:*',
      'http://[::1]:80',
      /x/,
    ]) {
      expect(() => given([right]), String(right)).not.toThrow()
    }
  })

  it("refuses the other role's options", () => {
    const webStatus: object = { webStatus: true }
    expect(() => resolveOptions(clientOptions, client, webStatus)).toThrow('there is no option webStatus')
    const version: object = { version: 13 }
    expect(() => resolveOptions(serverOptions, server, version)).toThrow('there is no option version')
  })

  it('names the wrong option, the values that it takes, and the value that it got', () => {
    expect(() => resolve({ maxMessageFrames: -1 })).toThrow('option maxMessageFrames must be a whole number, and not -1')
    expect(() => resolve({ unsentPolicy: 'wait' })).toThrow(`option unsentPolicy must be 'drop', 'skip' or 'throw', and not "wait"`)
    expect(() => resolve({ failByDrop: Object.create(null) })).toThrow('option failByDrop must be true or false, and not [object Object]')
  })

  const truth = { takes: [true, false], refuses: [0, 'true', null] }
  const count = { takes: [0, 1, 2 ** 53 - 1], refuses: [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null] }
  const positive = { takes: [1, 16384], refuses: [0, -1, 1.5, '1'] }
  const seconds = { takes: [0, 0.1, 5, 3600], refuses: [-1, 3601, 30_000, Number.NaN, Number.POSITIVE_INFINITY, '5', null] }
  const values: { [name in keyof (ServerOptions & ClientOptions)]: { takes: unknown[]; refuses: unknown[] } } = {
    extensions: { takes: [[], [{ name: 'x' }]], refuses: [{}, [null], [1], [{}], [{ name: 1 }], [{ name: 'a b' }], [{ name: '' }]] },
    utf8validateIncoming: truth,
    applyMask: truth,
    maxFramePayloadSize: count,
    maxMessagePayloadSize: count,
    maxMessageFrames: count,
    autoFragmentSize: count,
    ownPayloadMemory: truth,
    failByDrop: truth,
    echoCloseCodeReason: truth,
    openHandshakeTimeout: seconds,
    closeHandshakeTimeout: seconds,
    failLingerTimeout: seconds,
    maxHandshakeSize: positive,
    maxHandshakeHeaders: positive,
    tcpNoDelay: truth,
    autoPingInterval: seconds,
    autoPingTimeout: seconds,
    autoPingSize: { takes: [4, 12, 125], refuses: [0, 3, 126, 4.5, '12'] },
    autoPingRestartOnAnyTraffic: truth,
    sendHighWaterMark: count,
    maxUnsentSize: count,
    unsentPolicy: { takes: ['drop', 'skip', 'throw'], refuses: ['close', '', 0] },
    trackTimings: truth,
    wireTap: { takes: [{}], refuses: [null, 1, 'tap'] },
    versions: { takes: [[13], [8], [13, 8]], refuses: [[], [7], 13, ['13']] },
    version: { takes: [13, 8], refuses: [7, '13', null] },
    webStatus: truth,
    requireMaskedClientFrames: truth,
    maskServerFrames: truth,
    allowedOrigins: { takes: ['*', [], ['same-origin', 'https://example.com', /x/]], refuses: ['https://example.com', [1], null] },
    allowNullOrigin: truth,
    allowedHosts: {
      takes: ['*', [], ['*', 'app.example', 'APP.example.', '*.example.com', '192.0.2.1', '::1', '[::1]', 'my_host']],
      refuses: ['app.example', [1], null, [''], ['http://app.example'], ['app.example:80'], ['[::1]:80'], ['a/b'], ['a.*'], ['a b']],
    },
    maxConnections: count,
    trustXForwardedFor: count,
    trustedProxies: {
      takes: [[], ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:10.0.0.1', '/run/proxy.sock', ''], () => true],
      refuses: ['10.0.0.1', [1], null, ['nonsense'], ['10.0.0.256'], ['10.0.0.0/33'], ['10.0.0.0/'], ['localhost'], ['10.0.0.1:80']],
    },
    acceptMaskedServerFrames: truth,
    maskClientFrames: truth,
    serverConnectionDropTimeout: seconds,
    perMessageCompressionOffers: { takes: [[], [{ parameters: new Map() }]], refuses: [{}, [1], [null], [{}]] },
    perMessageCompressionAccept: { takes: [() => undefined], refuses: [1, {}, null] },
  }
  for (const [name, { takes, refuses }] of Object.entries(values)) {
    it(`accepts the documented values of ${name}, and no others`, () => {
      for (const value of takes) expect(Reflect.get(resolve({ [name]: value }), name)).toBe(value)
      for (const value of refuses) expect(() => resolve({ [name]: value }), String(value)).toThrow(`option ${name} must be `)
    })
  }

  it('is tested here with every option', () => {
    expect(Object.keys(values).sort()).toEqual(Object.keys(both).sort())
  })
})

const both = { ...serverOptions, ...clientOptions } as unknown as OptionTable<ServerOptions & ClientOptions>

function resolve(given: Record<string, unknown>): ServerOptions & ClientOptions {
  return resolveOptions(both, { ...server, ...client }, given as Partial<ServerOptions & ClientOptions>)
}
