import * as tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  connect,
  connectWS,
  listenWS,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../../src/index.ts'
import { checkTls, hasCertificate, withTlsOptions } from '../../../src/node/edge/check-tls.ts'
import { certificates } from '../../fixtures/certificates.ts'

const pem = 'PEM'

describe('checkTls', () => {
  it('takes a certificate with its key, a pfx, a key of an engine, and nothing', () => {
    const fine: tls.SecureContextOptions[] = [
      {},
      { cert: pem, key: pem },
      { pfx: pem },
      { cert: pem, privateKeyIdentifier: 'id' },
      { cert: '', key: [] },
    ]
    for (const options of [...fine, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const])
      expect(() => checkTls(options)).not.toThrow()
  })

  it('refuses a certificate without its key, and a key without its certificate', () => {
    for (const key of [undefined, '', [], Buffer.alloc(0)]) {
      expect(() => checkTls({ cert: pem, ...(key !== undefined && { key }) })).toThrow('a certificate and no key')
    }
    expect(() => checkTls({ key: pem })).toThrow('a key and no certificate')
  })

  it('refuses versions of which none is left', () => {
    expect(() => checkTls({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' })).toThrow('a minVersion of TLSv1.3, which is above')
  })
})

describe('hasCertificate', () => {
  it('is true for a certificate, and for a callback that returns one later', () => {
    expect([{ cert: pem }, { pfx: pem }, { SNICallback: () => {} }].map(hasCertificate)).toEqual([true, true, true])
    expect([{}, { cert: '' }, { key: pem }].map(hasCertificate)).toEqual([false, false, false])
  })
})

describe('withTlsOptions', () => {
  it('gives the result, or misuse with the cause', () => {
    expect(withTlsOptions(() => 1, {})).toBe(1)
    const work = (): never => void tls.createSecureContext({ ciphers: 'nonsense' }) as never
    expect(() => withTlsOptions(work, { ciphers: 'nonsense' })).toThrowError(
      expect.objectContaining({
        name: 'ApiMisuse',
        message: expect.stringContaining('the option tls cannot be used'),
        cause: expect.any(Error),
      }),
    )
  })
})

describe('the path of a file in place of what it has', () => {
  const { cert, key } = certificates().server
  for (const [name, options] of [
    ['cert', { cert: '/etc/cert.pem', key: '/etc/key.pem' }],
    ['key', { cert, key: '/etc/key.pem' }],
    ['ca', { cert, key, ca: [cert, '/etc/ca.pem'] }],
  ] as const) {
    it(`is named by its option, without its value: ${name} of ${Object.keys(options)}`, () => {
      const error = thrownBy(() =>
        withTlsOptions(() => tls.createSecureContext(options as tls.SecureContextOptions), options as tls.SecureContextOptions),
      )
      expect(error.message).toContain(`the option tls cannot be used: ${name} is not PEM: it takes what the file has, and not its path`)
      expect(error.message).not.toContain('/etc/')
    })
  }

  it('is told by serve', async () => {
    const options = { cert: '/etc/cert.pem', key: '/etc/key.pem' }
    await expect(serve({ port: 0, tls: options }, ws => ws.closed)).rejects.toThrow('cert is not PEM')
  })
})

function thrownBy(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('TLS options that would fail with every connection', () => {
  const { server: ours, stranger } = certificates()
  const factory = (): WebSocketServerFactory =>
    new WebSocketServerFactory(undefined, { protocol: class extends WebSocketServerProtocol {} })
  for (const [what, options] of [
    ['a certificate without its key', { cert: ours.cert }],
    ['an empty key', { cert: ours.cert, key: '' }],
    ['a key without its certificate, beside SNICallback', { key: ours.key, SNICallback: () => {} }],
    ["another certificate's key", { cert: ours.cert, key: stranger.key }],
    ['a certificate that is none', { cert: 'nonsense', key: ours.key }],
    ['versions of which none is left', { ...ours, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }],
    ['ciphers that do not exist', { ...ours, ciphers: 'nonsense' }],
  ] as readonly (readonly [string, tls.TlsOptions])[]) {
    it(`are misuse of listenWS and serve: ${what}`, async () => {
      const place = { host: '127.0.0.1', port: 0, tls: options }
      await expect(listenWS(factory(), place)).rejects.toMatchObject({ name: 'ApiMisuse' })
      await expect(serve(place, () => {})).rejects.toMatchObject({ name: 'ApiMisuse' })
    })

    it(`are misuse of connect and connectWS, before anything is connected: ${what}`, async () => {
      const { SNICallback: _, ...others } = options
      const given = others as tls.ConnectionOptions
      const client = new WebSocketClientFactory('wss://127.0.0.1:1', { protocol: class extends WebSocketClientProtocol {} })
      await expect(connectWS(client, { tls: given })).rejects.toMatchObject({ name: 'ApiMisuse' })
      await expect(connect('wss://127.0.0.1:1', { tls: given })).rejects.toMatchObject({ name: 'ApiMisuse' })
    })
  }
})
