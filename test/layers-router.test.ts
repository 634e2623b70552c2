import { describe, expect, it } from 'vitest'
import { SourceFolder } from './source-folder.ts'

const messages = '@autobahn-ts/wamp/protocol'
const websocket = '@autobahn-ts/websocket/portable'

/** The imports that are allowed in `packages/router/src`; a room may always import itself. */
const router = new SourceFolder('router', {
  patterns: [messages],
  parties: [messages],
  outbox: ['parties', messages],
  broker: ['parties', 'patterns', messages],
  dealer: ['parties', 'patterns', messages, websocket],
  realm: ['parties', 'patterns', 'outbox', 'broker', 'dealer', messages, websocket],
  auth: [messages, websocket],
  join: ['auth', messages, websocket],
  config: [messages, 'yaml', 'zod', websocket],
  resumption: ['join', messages, websocket],
  router: ['auth', 'join', 'resumption', 'broker', 'parties', 'realm', messages, websocket],
  testing: ['router', messages, websocket],
  links: ['@autobahn-ts/wamp', messages, websocket],
  'node/listening': [messages, websocket, '@autobahn-ts/websocket'],
  'node/rest': ['node/listening', messages, websocket, '@autobahn-ts/websocket'],
  'node/files': ['@autobahn-ts/websocket'],
  node: ['auth', 'links', 'router', messages, websocket, '@autobahn-ts/wamp', '@autobahn-ts/websocket'],
  program: [
    'auth',
    'config',
    'join',
    'links',
    'node',
    'parties',
    'realm',
    'router',
    messages,
    '@autobahn-ts/wamp',
    '@autobahn-ts/websocket',
    'pino',
    'node:fs',
    'node:http',
    'node:net',
    'node:path',
    'node:tls',
  ],
  'program.ts': ['config', 'program'],
  'index.ts': ['auth', 'join', 'resumption', 'broker', 'config', 'links', 'outbox', 'parties', 'realm', 'router', 'node'],
})

/** Files without code that runs: types and ports. */
const untested: readonly string[] = [
  'router/router.ts',
  'auth/auth-options.ts',
  'auth/auth-world.ts',
  'auth/join-request.ts',
  'auth/method.ts',
  'join/realm-door.ts',
  'parties/party.ts',
  'dealer/callee.ts',
  'realm/profile.ts',
  'realm/session-home.ts',
]

describe('the layers of @autobahn-ts/router', () => {
  it('have a rule for every file, and no rule for an empty room', () => {
    expect(router.unruled).toEqual([])
    expect(router.empty).toEqual([])
  })

  it('import one way only', () => {
    expect(router.wrongImports).toEqual([])
  })
})

describe('the tests of @autobahn-ts/router', () => {
  it('exist for every source file', () => {
    expect(
      router.files.filter(
        file =>
          !untested.includes(file) && !['index.ts', 'program.ts'].includes(file) && file !== 'testing/index.ts' && !router.hasTest(file),
      ),
    ).toEqual([])
  })

  it('are missing only for existing files without code that runs', () => {
    expect(untested.filter(file => !router.files.includes(file) || router.runs(file))).toEqual([])
  })
})
