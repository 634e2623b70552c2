import { type Message, MessageType, pbkdf2Key } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { ConfigProblems } from '../../src/config/config-problems.ts'
import { isCrossbarConfig, readCrossbarConfig } from '../../src/config/crossbar-config.ts'
import { realmOptionsOf } from '../../src/program/realm-options.ts'
import type { RealmOptions } from '../../src/router/router.ts'
import { memoryRouter } from '../../src/testing/memory-router.ts'

/** A node as Crossbar's documentation shows them, with one of everything. */
const node = {
  $schema: 'https://example.com/config.json',
  version: 2,
  controller: { id: 'node1' },
  workers: [
    {
      type: 'router',
      options: { pythonpath: ['..'] },
      realms: [
        {
          name: 'realm1',
          roles: [
            {
              name: 'anonymous',
              permissions: [
                {
                  uri: '',
                  match: 'prefix',
                  allow: { call: true, register: false },
                  disclose: { caller: true, publisher: false },
                  cache: true,
                },
                { uri: 'com.old.*', allow: { publish: true } },
              ],
            },
            { name: 'backend', authorizer: 'com.example.authorize' },
          ],
        },
        { name: 'realm2', roles: [] },
      ],
      transports: [
        {
          type: 'web',
          endpoint: { type: 'tcp', port: 8080, backlog: 1024, tls: { certificate: 'c.pem', key: 'k.pem', ca_certificates: ['ca.pem'] } },
          paths: {
            '/': { type: 'static', directory: '../web' },
            ws: {
              type: 'websocket',
              serializers: ['cbor', 'json'],
              auth: {
                wampcra: {
                  type: 'static',
                  users: {
                    joe: { secret: 'secret2', role: 'frontend' },
                    peter: { secret: 'prq7+YkJ1/KlW1X0YczMHw==', role: 'frontend', salt: 's', iterations: 100, keylen: 16 },
                  },
                },
                ticket: { type: 'dynamic', authenticator: 'com.example.authenticate' },
                cryptosign: {
                  type: 'static',
                  principals: { dev: { realm: 'realm2', role: 'device', authorized_keys: ['ab'.repeat(32)] } },
                },
              },
            },
            proxy: { type: 'wsgi', module: 'app' },
          },
        },
        { type: 'rawsocket', endpoint: { type: 'unix', path: '/tmp/router' }, serializers: ['cbor'] },
        { type: 'mqtt', endpoint: { type: 'tcp', port: 1883 } },
      ],
      components: [{ type: 'class', classname: 'x.Y' }],
    },
    { type: 'guest', executable: 'node' },
  ],
}

describe("a config of Crossbar's", () => {
  const text = JSON.stringify(node)
  const { config, ignored } = readCrossbarConfig(text, 'config.json')

  it('is known by its workers', () => {
    expect(isCrossbarConfig(text, 'config.json')).toBe(true)
    expect(isCrossbarConfig('{ "realms": {} }', 'router.json')).toBe(false)
    expect(isCrossbarConfig('[]', 'router.json')).toBe(false)
  })

  it('gives realms with their roles, permissions and authorizers', () => {
    expect(Object.keys(config.realms)).toEqual(['realm1', 'realm2'])
    expect(config.realms.realm1?.roles).toEqual({
      anonymous: {
        permissions: [
          { uri: '', match: 'prefix', allow: { call: true, register: false }, disclose: { caller: true, publisher: false } },
          { uri: 'com.old.', match: 'prefix', allow: { publish: true } },
        ],
      },
      backend: { authorizer: 'com.example.authorize' },
    })
  })

  it('gives listeners for its transports', () => {
    expect(config.listeners).toEqual([
      {
        host: '0.0.0.0',
        port: 8080,
        tls: { cert: 'c.pem', key: 'k.pem', ca: 'ca.pem' },
        rawSocket: false,
        longPoll: false,
        path: '/ws',
        static: { '/': '../web' },
      },
      { unix: '/tmp/router', longPoll: false },
    ])
  })

  it('gives users to the realms that they belong to, and keeps transports without authentication anonymous', () => {
    const auth = config.realms.realm1?.auth
    expect(auth?.wampcra?.users).toEqual({
      joe: { secret: 'secret2', role: 'frontend' },
      peter: { secret: 'prq7+YkJ1/KlW1X0YczMHw==', role: 'frontend', salt: 's', iterations: 100, keylen: 16 },
    })
    expect(auth?.ticket).toEqual({ procedure: 'com.example.authenticate' })
    expect(auth?.cryptosign?.users).toEqual({})
    expect(auth?.anonymous).toEqual({ role: 'anonymous' })
    expect(config.realms.realm2?.auth?.cryptosign?.users).toEqual({ dev: { authorizedKeys: ['ab'.repeat(32)], role: 'device' } })
  })

  it.each([
    ['the derived key, as Crossbar had it until 24', derived, derived],
    ['the plain secret, as Crossbar has it from 25 on', 'secret1', derived],
    ['a secret that is base64, of another length than keys', 'c2VjcmV0', pbkdf2Key('c2VjcmV0', salted)],
  ])('lets a client with the secret join where a salted user has %s', async (_, secret, key) => {
    const users = { peter: { secret, role: 'frontend', salt: 'salt123', iterations: 100, keylen: 16 } }
    const { config } = readCrossbarConfig(withWampcra(users), 'config.json')
    expect(config.realms.realm1?.auth?.wampcra?.users?.peter).toEqual({ ...users.peter, secret: key })
  })

  it('has the defaults of Crossbar for the derivation', () => {
    const users = { peter: { secret: 'secret1', role: 'frontend', salt: 'salt123' } }
    const { config } = readCrossbarConfig(withWampcra(users), 'config.json')
    const key = pbkdf2Key('secret1', { salt: 'salt123', iterations: 1000, keylen: 32 })
    const expected = { secret: key, role: 'frontend', salt: 'salt123', iterations: 1000, keylen: 32 }
    expect(config.realms.realm1?.auth?.wampcra?.users?.peter).toEqual(expected)
  })

  it('has cookies where a transport takes them', () => {
    const auth = { cookie: {}, ticket: { type: 'static', principals: { joe: { ticket: 't', role: 'user' } } } }
    const transports = [{ type: 'websocket', endpoint: { type: 'tcp', port: 8080 }, auth }]
    const node = { version: 2, workers: [{ type: 'router', realms: [{ name: 'realm1', roles: [] }], transports }] }
    const { config, ignored } = readCrossbarConfig(JSON.stringify(node), 'config.json')
    expect(config.realms.realm1?.auth).toEqual({ cookie: {}, ticket: { users: { joe: { ticket: 't', role: 'user' } } } })
    expect(ignored).toEqual([])
  })

  it('leaves numbers that no derivation has to the schema', () => {
    const users = { peter: { secret: 'secret1', role: 'frontend', salt: 'salt123', iterations: 0 } }
    expect(() => readCrossbarConfig(withWampcra(users), 'config.json')).toThrow('iterations')
  })

  it('lists what has no effect, and guesses nothing', () => {
    expect(ignored.map(({ message }) => message).sort()).toEqual(
      [
        'controller has no effect here',
        'workers[0].options has no effect here',
        'workers[0].components has no effect here',
        'workers[0].transports[0].endpoint.backlog has no effect here',
        'workers[0].transports[0].paths.proxy.type has no effect here',
        'workers[0].transports[0].paths.proxy.module has no effect here',
        'workers[0].transports[2].type has no effect here',
        'workers[0].transports[2].endpoint has no effect here',
        'workers[1].executable has no effect here',
        'workers[0].transports[1] has no auth, so that clients may be anonymous at every transport here',
      ].sort(),
    )
  })

  it('says where each of them stands', () => {
    const { ignored } = readCrossbarConfig('{ "workers": [],\n  "controller": {} }', 'config.json')
    expect(ignored).toEqual([{ line: 2, column: 3, message: 'controller has no effect here' }])
  })

  it('is refused where what was understood does not make a config', () => {
    const wrong = JSON.stringify({
      workers: [{ type: 'router', transports: [{ type: 'websocket', endpoint: { type: 'tcp', port: 'x' } }] }],
    })
    expect(() => readCrossbarConfig(wrong, 'config.json')).toThrow(ConfigProblems)
  })
})

describe("authentication in a config of Crossbar's that is not understood", () => {
  for (const [auth, ignored] of [
    ['{}', []],
    ['{ "oauth": { "type": "static" } }', ['workers[0].transports[0].auth.oauth.type has no effect here']],
    ['{ "ticket": { "type": "function" } }', ['workers[0].transports[0].auth.ticket.type has no effect here']],
    ['{ "anonymous": { "type": "dynamic", "authenticator": "a.b" } }', ['workers[0].transports[0].auth.anonymous.type has no effect here']],
  ] as const) {
    it(`lets in nobody: ${auth}`, async () => {
      const read = readCrossbarConfig(withTransport(`"endpoint": { "type": "tcp", "port": 0 }, "auth": ${auth}`), 'config.json')
      expect(read.config.realms.realm1?.auth).toEqual({})
      expect(read.ignored.map(({ message }) => message)).toEqual(ignored)
      const options = realmOptionsOf(
        read.config.realms.realm1!,
        async () => null,
        () => 0,
      )
      expect(await answerToHello(options)).toMatchObject([MessageType.ABORT, expect.anything(), 'wamp.error.no_matching_auth_method'])
    })
  }

  it('is refused with its place where it is not an object', () => {
    for (const auth of ['5', 'null', '"ticket"', '[]'])
      expect(() => readCrossbarConfig(withTransport(`\n"auth": ${auth}`), 'config.json')).toThrow(
        /^config\.json:2:1: workers\[0\]\.transports\[0\]\.auth must be an object$/,
      )
  })
})

describe("a config of Crossbar's with mistakes", () => {
  for (const [workers, says] of [
    ['5', '1:2: workers must be a list'],
    ['[5]', '1:14: workers[0] must be an object'],
    ['[{ "type": "router", "realms": [\n5] }]', '2:1: workers[0].realms[0] must be an object'],
    ['[{ "type": "router", "realms": [{\n"name": 5, "roles": [] }] }]', '2:1: workers[0].realms[0].name must be a string'],
    [
      '[{ "type": "router", "realms": [{ "name": "a" },\n{ "name": "a" }] }]',
      '2:3: workers[0].realms[1].name is the second realm of this name',
    ],
    ['[{ "type": "router", "realms": [{\n"name": "__proto__" }] }]', '2:1: workers[0].realms[0].name must be another name'],
    [
      '[{ "type": "router", "realms": [{ "name": "a", "roles": [{ "name": "r" },\n{ "name": "r" }] }] }]',
      '2:3: workers[0].realms[0].roles[1].name is the second role of this name',
    ],
    [
      '[{ "type": "router", "realms": [{ "name": "a", "roles": [{ "name": "r", "permissions": [{ "uri": "a.b",\n"allow": { "call": "yes" } }] }] }] }]',
      '2:12: after translation, realms.a.roles.r.permissions[0].allow.call must be true or false, and not "yes"',
    ],
  ] as const) {
    it(`is refused: ${says}`, () => {
      expect(() => readCrossbarConfig(`{"workers": ${workers}}`, 'config.json')).toThrow(`config.json:${says}`)
    })
  }

  for (const [transport, says] of [
    ['"endpoint": { "type": "unix" }', '.endpoint.path is missing: it must be a string'],
    ['"endpoint": { "type": "tcp" }', '.endpoint.port must be a port, and not undefined'],
    ['"endpoint": { "type": "tcp", "port": "x" }', '.endpoint.port must be a port, and not "x"'],
    ['"endpoint": { "type": "tcp", "port": 80, "interface": 5 }', '.endpoint.interface must be a string'],
    ['"endpoint": { "type": "tcp", "port": 80, "tls": true }', '.endpoint.tls must be an object'],
    ['"endpoint": { "type": "tcp", "port": 80, "tls": {} }', '.endpoint.tls.certificate is missing: it must be a string'],
  ] as const) {
    it(`is refused: ${says}`, () => {
      expect(() => readCrossbarConfig(withTransport(`\n${transport}`), 'config.json')).toThrow(`workers[0].transports[0]${says}`)
    })
  }

  it('has one path of WebSocket for each port, and lists the others', () => {
    const paths = '{ "ws": { "type": "websocket" }, "other": { "type": "websocket" } }'
    const node = `{"workers": [{ "type": "router", "realms": [], "transports": [{ "type": "web", "endpoint": { "type": "tcp", "port": 80 }, "paths": ${paths} }] }]}`
    const { config, ignored } = readCrossbarConfig(node, 'config.json')
    expect(config.listeners?.[0]?.path).toBe('/ws')
    expect(ignored.map(({ message }) => message)).toEqual(['workers[0].transports[0].paths.other.type has no effect here'])
  })
})

/** Returns what a client is answered that says HELLO as anonymous to a realm with these options. */
async function answerToHello(options: RealmOptions): Promise<Message | undefined> {
  const clock = new FakeClock()
  const transport = memoryRouter({ clock, realms: { realm1: options } }).dial()
  const received: Message[] = []
  transport.open({ onMessage: message => void received.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
  transport.send([MessageType.HELLO, 'realm1', { roles: { caller: {} } }])
  await clock.settle()
  return received[0]
}

function withTransport(fields: string): string {
  return `{"workers": [{ "type": "router", "realms": [{ "name": "realm1", "roles": [] }], "transports": [{ "type": "websocket", ${fields} }] }]}`
}

const salted = { salt: 'salt123', iterations: 100, keylen: 16 }
const derived = pbkdf2Key('secret1', salted)

/** A config of Crossbar with users of WAMP-CRA. */
function withWampcra(users: object): string {
  const auth = { wampcra: { type: 'static', users } }
  const transports = [{ type: 'websocket', endpoint: { type: 'tcp', port: 8080 }, auth }]
  return JSON.stringify({ version: 2, workers: [{ type: 'router', realms: [{ name: 'realm1', roles: [] }], transports }] })
}
