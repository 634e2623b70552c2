import { describe, expect, it } from 'vitest'
import { SourceFolder } from './source-folder.ts'

const websocket = '@autobahn-ts/websocket/portable'

/** The rooms that no version of WAMP owns. */
const everyVersion = ['faults', 'checks', 'hooks', 'workload']

/** The imports that are allowed in `packages/wamp/src`; a room may always import itself. */
const wamp = new SourceFolder('wamp', {
  bytes: [],
  keys: ['bytes', '@noble/hashes/hmac.js', '@noble/hashes/pbkdf2.js', '@noble/hashes/sha2.js'],
  auth: [
    'bytes',
    'keys',
    'messages',
    'transports',
    websocket,
    '@mongodb-js/saslprep',
    '@noble/ed25519',
    ...['argon2', 'hmac', 'pbkdf2', 'sha2'].map(part => `@noble/hashes/${part}.js`),
  ],
  faults: [websocket],
  checks: [websocket],
  hooks: [websocket],
  workload: ['faults', websocket],
  messages: [],
  session: ['messages', 'transports', 'auth', websocket],
  client: ['keys', 'messages', 'transports', 'auth', 'session', websocket],
  serializers: ['bytes', 'messages', websocket],
  transports: ['messages', 'serializers', websocket],
  'protocol.ts': ['bytes', 'keys', 'messages', 'serializers', 'transports', 'auth', 'resumption'],
  'v1/serializers': ['faults', websocket],
  'v1/messages': ['faults', 'checks', websocket],
  'v1/ports': ['hooks', 'v1/serializers', websocket],
  'v1/rpc': [...everyVersion, 'v1/serializers', 'v1/messages', 'v1/ports', websocket],
  'v1/pubsub': ['checks', 'hooks', 'v1/serializers', 'v1/messages', 'v1/ports', websocket],
  'v1/session': [...everyVersion, 'v1/serializers', 'v1/messages', 'v1/ports', 'v1/rpc', 'v1/pubsub', websocket],
  'v1/auth': ['keys', 'checks', 'hooks', 'v1/messages', 'v1/rpc', websocket],
  'v1/application': ['keys', ...everyVersion, 'v1', websocket],
  'v1/reconnecting-client.ts': ['keys', 'checks', 'hooks', 'v1', websocket],
  'v1/index.ts': ['faults', 'hooks', 'v1', websocket],
  passthru: ['messages', 'session', websocket],
  resumption: ['messages', 'transports', 'client', websocket],
  component: ['messages', 'session', 'client', websocket],
  testing: ['messages', 'transports', 'client', websocket],
  'portable.ts': ['messages', 'serializers', 'transports', 'auth', 'session', 'client', websocket],
  node: ['v1', 'client', 'portable.ts', 'serializers', 'transports', '@autobahn-ts/websocket'],
  browser: [
    ...everyVersion,
    'v1',
    'client',
    'messages',
    'portable.ts',
    'serializers',
    'transports',
    websocket,
    '@autobahn-ts/websocket/browser',
  ],
})

/** Files without code that runs: types and ports. */
const untested: readonly string[] = [
  'messages/message.ts',
  'serializers/serializer.ts',
  'auth/auth-method.ts',
  'session/session-link.ts',
  'session/late.ts',
  'session/session-state.ts',
  'session/message-filter.ts',
  'passthru/payload-codec.ts',
  'client/catalogue.ts',
  'client/client.ts',
  'client/meta-api.ts',
  'transports/cookie-issuer.ts',
  'client/resuming.ts',
]

describe('the layers of @autobahn-ts/wamp', () => {
  it('have a rule for every file, and no rule for an empty room', () => {
    expect(wamp.unruled).toEqual([])
    expect(wamp.empty).toEqual([])
  })

  it('import one way only', () => {
    expect(wamp.wrongImports).toEqual([])
  })
})

describe('the tests of @autobahn-ts/wamp', () => {
  it('exist for every source file', () => {
    const isBarrel = (file: string) =>
      [
        'keys/index.ts',
        'v1/index.ts',
        'protocol.ts',
        'portable.ts',
        'testing/index.ts',
        'passthru/index.ts',
        'resumption/index.ts',
        'component/index.ts',
        'node/index.ts',
        'browser/index.ts',
        'node/v1.ts',
        'browser/v1.ts',
      ].includes(file)
    expect(wamp.files.filter(file => !untested.includes(file) && !isBarrel(file) && !wamp.hasTest(file))).toEqual([])
  })

  it('are missing only for existing files without code that runs', () => {
    expect(untested.filter(file => !wamp.files.includes(file) || wamp.runs(file))).toEqual([])
  })
})
