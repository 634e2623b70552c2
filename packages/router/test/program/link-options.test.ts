import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { linkOptionsOf } from '../../src/program/link-options.ts'

const url = 'wss://wamp.example.com'

it('a link of a config has the options of linkRouter', () => {
  const events = [{ uri: 'com.example.', match: 'prefix' as const }]
  const options = linkOptionsOf('realm1', { url, events, maxHops: 2, realm: 'other', serializer: 'cbor' })
  expect(options).toMatchObject({ realm: 'realm1', remoteRealm: 'other', events, maxHops: 2 })
  expect(options.connect?.serializers?.map(({ name }) => name)).toEqual(['cbor'])
  expect(linkOptionsOf('realm1', { url, calls: events })).toMatchObject({ realm: 'realm1', calls: events })
  expect(linkOptionsOf('realm1', { url }).connect?.serializers?.map(({ name }) => name)).toEqual(['json'])
})

it('a link of a config joins by each method', () => {
  const names = (['ticket', 'wampcra', 'scram', 'cryptosign'] as const).map(method => {
    const secret = method === 'cryptosign' ? 'ab'.repeat(32) : 'secret'
    const { connect } = linkOptionsOf('realm1', { url, auth: { method, authid: 'site-a', secret } })
    return (connect!.auth as { name: string }).name
  })
  expect(names).toEqual(['ticket', 'wampcra', 'wamp-scram', 'cryptosign'])
})

it('a link of a config reads the file of authorities, and says which one it cannot read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'))
  writeFileSync(join(folder, 'ca.pem'), 'certificates')
  const { connect } = linkOptionsOf('realm1', { url, ca: join(folder, 'ca.pem') })
  expect(String((connect!.transport!.tls as { ca: Buffer }).ca)).toBe('certificates')
  expect(() => linkOptionsOf('realm1', { url, ca: join(folder, 'none.pem') })).toThrow('none.pem cannot be read')
  rmSync(folder, { recursive: true })
})
