import { describe, expect, it } from 'vitest'
import { WampCraServerProtocol } from '../../src/v1/application/cra-server-protocol.ts'
import { type AuthPermissions, authSignature } from '../../src/v1/auth/cra.ts'
import { RpcError } from '../../src/v1/rpc/rpc-error.ts'
import { Link, type RawClient, type TestClient, TestClientFactory, TestServerFactory } from '../fixtures/link.ts'

/**
 * The messages of peers of the time, as their languages write JSON: AutobahnJS 0.8 as `JSON.stringify` does, and AutobahnPython 0.5
 * to 0.7 as `json.dumps` does, with spaces and with escapes for all that is not ASCII. URIs, ids and values are made up.
 */
const ex = 'http://example.com/'

class Server extends WampCraServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc(`${ex}calc#add`, (a: number, b: number) => a + b)
    this.registerProcedureForRpc(`${ex}calc#root`, () => {
      throw new RpcError(`${ex}error#negative`, 'no real root', { x: -1 })
    })
    this.registerForPubSub(`${ex}news#`, { prefixMatch: true })
  }

  override getAuthSecret(authKey: string): string | undefined {
    return authKey === 'foobar' ? 'secret' : undefined
  }

  override getAuthPermissions(): AuthPermissions {
    return { permissions: { pubsub: [{ uri: `${ex}inside`, pub: true, sub: true }], rpc: [] } }
  }

  override onAuthenticated(_authKey: string | null, permissions: AuthPermissions): void {
    this.registerForPubSubFromPermissions(permissions)
  }
}

/** `>` is what the peer sends, `<` what it is sent. */
const clients: readonly (readonly [what: string, ...lines: readonly string[]])[] = [
  [
    'AutobahnJS: a prefix, calls that it has shrunk, ids of its own making',
    `> [1,"calc","${ex}calc#"]`,
    '> [2,"0.7wqj4n29","calc:add",23,7]',
    '< [3,"0.7wqj4n29",30]',
    `> [2,"0.k2n5sl2a","${ex}calc#root",-1]`,
    `< [4,"0.k2n5sl2a","${ex}error#negative","no real root",{"x":-1}]`,
  ],
  ['AutobahnJS: a prefix that it overwrites', `> [1,"a","${ex}"]`, `> [1,"a","${ex}calc#"]`, '> [2,"0.1","a:add",1,2]', '< [3,"0.1",3]'],
  [
    'AutobahnJS: each way to publish',
    `> [1,"news","${ex}news#"]`,
    '> [5,"news:a"]',
    '> [7,"news:a",{"not":"for me"}]',
    '> [7,"news:a",{"not":"for me"},true]',
    '> [7,"news:a",{"for":"all"},false]',
    `< [8,"${ex}news#a",{"for":"all"}]`,
    '> [7,"news:a",1,["session-1"]]',
    '> [7,"news:a",2,["0123456789abcdef"]]',
    `< [8,"${ex}news#a",2]`,
    '> [7,"news:a",3,[],["session-1"]]',
    `< [8,"${ex}news#a",3]`,
    '> [6,"news:a"]',
    '> [7,"news:a",4,false]',
  ],
  [
    'AutobahnPython: spaces, escapes, and null for excludeMe',
    `> [1, "news", "${ex}news#"]`,
    '> [5, "news:\\u00e4"]',
    '> [7, "news:\\u00e4", {"text": "\\u6f22\\ud83d\\ude80"}, null]',
    '> [7, "news:\\u00e4", {"text": "\\u6f22\\ud83d\\ude80"}, false]',
    `< [8,"${ex}news#ä",{"text":"漢🚀"}]`,
    '> [7, "news:\\u00e4", "eligible alone", ["session-1"], ["session-1"]]',
    '> [7, "news:\\u00e4", "all eligible", [], ["session-1"]]',
    `< [8,"${ex}news#ä","all eligible"]`,
    `> [2, "R0vXGBYKFBwyzaRa", "${ex}calc#add", 1.5, 2]`,
    '< [3,"R0vXGBYKFBwyzaRa",3.5]',
  ],
]

describe('our server hears', () => {
  for (const [what, ...lines] of clients) {
    it(what, async () => {
      const client = await open()
      for (const line of [...lines, '> [6,"nothing"]']) {
        if (line.startsWith('<')) expect(JSON.stringify(client.received.shift())).toBe(line.slice(2))
        else expect(client.heard()).toEqual([])
        if (line.startsWith('>')) await client.say(line.slice(2))
      }
      expect(client.isOpen).toBe(true)
    })
  }

  it('AutobahnJS: ab.launch, which authenticates before anything else', async () => {
    const client = await open()
    await client.say('[2,"0.a1","http://api.wamp.ws/procedure#authreq","foobar",{}]')
    const [type, callId, challenge] = client.received.shift() as [number, string, string]
    expect([type, callId]).toEqual([3, '0.a1'])
    expect(JSON.parse(challenge)).toMatchObject({
      authid: expect.stringMatching(/^\S{16}$/),
      authkey: 'foobar',
      sessionid: 'session-1',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
      extra: {},
    })
    await client.say(JSON.stringify([2, '0.a2', 'http://api.wamp.ws/procedure#auth', authSignature(challenge, 'secret')]))
    expect(client.heard()).toEqual([[3, '0.a2', { pubsub: [{ uri: `${ex}inside`, pub: true, sub: true }], rpc: [] }]])
    await client.say(`[5,"${ex}inside"]`, `[7,"${ex}inside","hello",false]`)
    expect(client.heard()).toEqual([[8, `${ex}inside`, 'hello']])
  })
})

const servers: readonly (readonly [what: string, welcome: string, id: string, server: string | undefined])[] = [
  ['AutobahnPython 0.5', '[0, "6TjXaKXHvVfdHpoD", 1, "Autobahn/0.5.14"]', '6TjXaKXHvVfdHpoD', 'Autobahn/0.5.14'],
  ['AutobahnPython 0.7', '[0, "nGZZPhiwLiSBMRTM", 1, "AutobahnPython/0.7.4"]', 'nGZZPhiwLiSBMRTM', 'AutobahnPython/0.7.4'],
  ['a server that says no more than it must', '[0, "x"]', 'x', undefined],
]

describe('our client hears', () => {
  for (const [what, welcome, id, server] of servers) {
    it(`the WELCOME of ${what}`, async () => {
      const { client } = await connected(welcome)
      await client.sessionOpened
      expect([client.sessionId, client.sessionServer]).toEqual([id, server])
    })
  }

  it('AutobahnPython: results out of order, null among them', async () => {
    const { client, peer } = await connected()
    const results = [client.call('u'), client.call('u')]
    await peer.say('[3, "2", null]', '[3, "1", {"text": "\\u6f22\\ud83d\\ude80"}]')
    expect(await Promise.all(results)).toEqual([{ text: '漢🚀' }, null])
  })

  it('AutobahnPython: an error whose URI it has shrunk by our prefix, without and with details', async () => {
    const { client, peer } = await connected()
    client.prefix('e', `${ex}error#`)
    const calls = [client.call('u'), client.call('u')].map(call => call.catch(error => error))
    await peer.say('[4, "1", "e:bad", "it is \\u00fcbel"]', '[4, "2", "e:bad", "details", [1, null]]')
    expect(await Promise.all(calls)).toMatchObject([
      { uri: `${ex}error#bad`, description: 'it is übel' },
      { uri: `${ex}error#bad`, description: 'details', details: [1, null] },
    ])
  })

  it('AutobahnPython: events with full URIs for a subscription by CURIE', async () => {
    const { client, peer } = await connected()
    const seen: unknown[] = []
    client.prefix('news', `${ex}news#`)
    client.subscribe('news:a', (topic, event) => seen.push([topic, event]))
    await peer.say(`[8, "${ex}news#a", 0]`, `[8, "${ex}news#other", 1]`, `[8, "${ex}news#a", ["\\u6f22"]]`)
    expect(seen).toEqual([
      [`${ex}news#a`, 0],
      [`${ex}news#a`, ['漢']],
    ])
  })

  it('AutobahnPython 0.6: calls of the server', async () => {
    const { client, peer } = await connected()
    client.registerProcedureForRpc(`${ex}double`, (x: number) => 2 * x)
    await peer.say(`[2, "u0ZbXkSLkMtPNWfA", "${ex}double", 21]`)
    expect(peer.heard()).toEqual([[3, 'u0ZbXkSLkMtPNWfA', 42]])
  })
})

async function open(): Promise<RawClient> {
  const client = await new Link().serve(new TestServerFactory(Server))
  expect(client.heard()).toEqual([[0, 'session-1', 1, 'test']])
  return client
}

async function connected(welcome = servers[0]![1]) {
  const [client, peer] = await new Link().connect<TestClient>(new TestClientFactory())
  await peer.say(welcome)
  return { client, peer }
}
