import { createSecureContext, type TlsOptions } from 'node:tls'
import { expect, it } from 'vitest'
import { withTlsOptions } from '../../../src/node/listening/with-tls-options.ts'

const path = '/etc/a.pem'

it.each<[what: string, options: TlsOptions, says: string]>([
  ['the path of a certificate', { cert: path, key: path }, 'the option tls cannot be used: cert is not PEM'],
  ['a file that is not PEM', { cert: Buffer.from('text') }, 'the option tls cannot be used: cert is not PEM'],
  ['the path of a key', { key: [path] }, 'the option tls cannot be used: key is not PEM'],
  ['the path of authorities', { ca: ['-----BEGIN CERTIFICATE-----', path] }, 'the option tls cannot be used: ca is not PEM'],
  ['ciphers that there are not', { ciphers: 'none' }, 'the option tls cannot be used: '],
])('refuses %s, and does not show it', (_, options, says) => {
  const outcome = (): unknown => withTlsOptions(() => createSecureContext(options), options)
  expect(outcome).toThrow(says)
  expect(outcome).not.toThrow(path)
})

it('gives the result of what works', () => {
  expect(withTlsOptions(() => 1, { cert: '', ca: [] })).toBe(1)
})
