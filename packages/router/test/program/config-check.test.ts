import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ListenerConfig, RealmConfig } from '../../src/config/router-config.ts'
import { checkConfig } from '../../src/program/config-check.ts'

const rule = { uri: 'com.a', allow: { call: true } }

for (const [realm, says] of [
  [{ roles: { guest: { permissions: [rule, rule] } } }, 'there are two permissions for "com.a" (exact)'],
  [{ history: [{ topic: 'com.a#' }] }, 'history must have a topic and a match that go together'],
  [{ links: [{ url: 'ws://127.0.0.1:9', events: [{ uri: 'com a' }] }] }, 'events of a link must have a uri and a match'],
  [{ links: [{ url: 'wss://127.0.0.1:9', ca: '/nowhere.pem', events: [{ uri: 'com.a' }] }] }, 'the file /nowhere.pem cannot be read'],
] as const satisfies readonly (readonly [RealmConfig, string])[]) {
  it(`checkConfig refuses a realm: ${says}`, () => {
    expect(() => checkConfig({ realms: { realm1: realm } })).toThrow(says)
  })
}

for (const [listener, says] of [
  [{ port: 0, allowedOrigins: ['example'] }, 'option allowedOrigins must be'],
  [{ port: 0, path: '/a?b' }, 'option path must be a path'],
  [{ unix: `/${'x'.repeat(107)}` }, 'the path of a Unix socket has at most'],
  [{ port: 0, tls: { cert: '/nowhere.pem', key: '/nowhere.pem' } }, 'the file /nowhere.pem cannot be read'],
] as const satisfies readonly (readonly [ListenerConfig, string])[]) {
  it(`checkConfig refuses a listener: ${says}`, () => {
    expect(() => checkConfig({ realms: {}, listeners: [listener] })).toThrow(says)
  })
}

it('checkConfig refuses files that are not certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'router-check-'))
  const file = join(folder, 'text.pem')
  writeFileSync(file, 'text')
  const config = { realms: {}, listeners: [{ port: 0, tls: { cert: file, key: file } }] }
  expect(() => checkConfig(config)).toThrow(`the file ${file} is not PEM`)
  writeFileSync(file, '-----BEGIN CERTIFICATE-----\n')
  expect(() => checkConfig(config)).toThrow('the option tls cannot be used')
  rmSync(folder, { recursive: true })
})

it('checkConfig takes what a router starts by', () => {
  checkConfig({ realms: { realm1: {}, realm2: { history: [{ topic: 'com.a', limit: 5 }], resumption: true } }, listeners: [{ port: 0 }] })
})
