import { describe, expect, it } from 'vitest'
import { WampClientProtocol } from '../../src/v1/application/client-protocol.ts'
import { TopicAccess, WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { RpcError } from '../../src/v1/rpc/rpc-error.ts'
import { Link, TestClientFactory, TestServerFactory, welcome } from '../fixtures/link.ts'

const api = 'http://api.wamp.ws/'
const ex = 'http://example.com/'

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc(`${ex}add`, (a: number, b: number) => a + b)
    this.registerProcedureForRpc(`${ex}nothing`, () => undefined)
    this.registerProcedureForRpc(`${ex}later`, () => Promise.resolve('later'))
    this.registerProcedureForRpc(`${ex}cycle`, () => cycle)
    this.registerProcedureForRpc(`${ex}throw0`, () => {
      throw new Error()
    })
    this.registerProcedureForRpc(`${ex}throw1`, () => {
      throw new Error('out of paper')
    })
    this.registerProcedureForRpc(`${ex}throw2`, () => {
      throw new RpcError(`${ex}error#paper`, 'out of paper')
    })
    this.registerProcedureForRpc(`${ex}throw3`, () => {
      throw new RpcError(`${ex}error#paper`, 'out of paper', { tray: [1, 2] })
    })
    this.registerProcedureForRpc(`${ex}throw4`, () => {
      throw new RpcError(`${ex}error#paper`, 'out of paper', ['tray'], { closeSession: true })
    })
    this.registerProcedureForRpc(`${ex}throwText`, () => {
      throw 'text'
    })
    this.registerProcedureForRpc(`${ex}throwCycle`, () => {
      throw new RpcError(`${ex}error#paper`, 'out of paper', cycle)
    })
    this.registerForPubSub(`${ex}news#`, { prefixMatch: true })
    this.registerForPubSub(`${ex}listen`, { pubsub: TopicAccess.SUBSCRIBE })
    this.registerForPubSub(`${ex}speak`, { pubsub: TopicAccess.PUBLISH })
    this.registerHandlerProcedureForPub(`${ex}filtered`, (_prefix, _suffix, event) => (event === 'drop' ? undefined : event))
  }
}

const cycle: unknown[] = []
cycle.push(cycle)

/** `>` is what the client sends, `<` what the server sends; after each `>` the server has sent exactly the `<` that follow it. */
const server: readonly (readonly [what: string, ...lines: readonly (readonly ['>' | '<', unknown])[]])[] = [
  ['a session opens', ['<', [0, 'session-1', 1, 'test']]],
  ['a call', ['<', welcome], ['>', [2, 'a', `${ex}add`, 1, 2]], ['<', [3, 'a', 3]]],
  ['a call by CURIE', ['<', welcome], ['>', [1, 'ex', ex]], ['>', [2, 'a', 'ex:add', 1, 2]], ['<', [3, 'a', 3]]],
  [
    'a prefix that is defined again',
    ['<', welcome],
    ['>', [1, 'ex', 'http://other/']],
    ['>', [1, 'ex', ex]],
    ['>', [2, 'a', 'ex:add', 1, 2]],
    ['<', [3, 'a', 3]],
  ],
  ['a call without result', ['<', welcome], ['>', [2, 'a', `${ex}nothing`]], ['<', [3, 'a', null]]],
  ['a call whose result takes its time', ['<', welcome], ['>', [2, 'a', `${ex}later`]], ['<', [3, 'a', 'later']]],
  [
    'a call of nothing',
    ['<', welcome],
    ['>', [2, 'a', `${ex}none`]],
    ['<', [4, 'a', `${api}error#NoSuchRPCEndpoint`, `no procedure ${ex}none is registered here`]],
  ],
  ['an error without message', ['<', welcome], ['>', [2, 'a', `${ex}throw0`]], ['<', [4, 'a', `${api}error#generic`, 'generic error']]],
  ['an error with a message', ['<', welcome], ['>', [2, 'a', `${ex}throw1`]], ['<', [4, 'a', `${api}error#generic`, 'out of paper']]],
  ['an error with a URI', ['<', welcome], ['>', [2, 'a', `${ex}throw2`]], ['<', [4, 'a', `${ex}error#paper`, 'out of paper']]],
  [
    'an error with details',
    ['<', welcome],
    ['>', [2, 'a', `${ex}throw3`]],
    ['<', [4, 'a', `${ex}error#paper`, 'out of paper', { tray: [1, 2] }]],
  ],
  [
    'an error that closes the session',
    ['<', welcome],
    ['>', [2, 'a', `${ex}throw4`]],
    ['<', [4, 'a', `${ex}error#paper`, 'out of paper', ['tray']]],
    ['<', 'close 3000'],
  ],
  [
    'an error URI by CURIE, because the client has a prefix for it',
    ['<', welcome],
    ['>', [1, 'e', `${ex}error#`]],
    ['>', [2, 'a', `${ex}throw2`]],
    ['<', [4, 'a', 'e:paper', 'out of paper']],
  ],
  [
    'a thrown value that is not an error',
    ['<', welcome],
    ['>', [2, 'a', `${ex}throwText`]],
    ['<', [4, 'a', `${api}error#internal`, 'the procedure threw a value that is not an error']],
  ],
  [
    'a result that is no JSON',
    ['<', welcome],
    ['>', [2, 'a', `${ex}cycle`]],
    ['<', [4, 'a', `${api}error#internal`, `the result of ${ex}cycle is not serialisable`]],
  ],
  [
    'details that are no JSON',
    ['<', welcome],
    ['>', [2, 'a', `${ex}throwCycle`]],
    ['<', [4, 'a', `${api}error#internal`, `the details of the error ${ex}error#paper are not serialisable`]],
  ],
  ['answers to nobody', ['<', welcome], ['>', [3, 'unknown', 1]], ['>', [4, 'unknown', `${ex}error`, 'text']]],
  [
    'a subscription, without an answer',
    ['<', welcome],
    ['>', [5, `${ex}news#today`]],
    ['>', [6, `${ex}news#today`]],
    ['>', [6, `${ex}news#never`]],
  ],
  ['an event, not for its publisher', ['<', welcome], ['>', [5, `${ex}news#`]], ['>', [7, `${ex}news#`, 1]]],
  ['an event with null in the place of excludeMe', ['<', welcome], ['>', [5, `${ex}news#`]], ['>', [7, `${ex}news#`, 1, null]]],
  ['an event, not for its publisher as it says', ['<', welcome], ['>', [5, `${ex}news#`]], ['>', [7, `${ex}news#`, 1, true]]],
  [
    'an event, for its publisher too',
    ['<', welcome],
    ['>', [5, `${ex}news#`]],
    ['>', [7, `${ex}news#`, 1, false]],
    ['<', [8, `${ex}news#`, 1]],
  ],
  [
    'an event for all but a list',
    ['<', welcome],
    ['>', [5, `${ex}news#`]],
    ['>', [7, `${ex}news#`, 1, ['other', 7]]],
    ['<', [8, `${ex}news#`, 1]],
  ],
  ['an event for all but a list with the publisher', ['<', welcome], ['>', [5, `${ex}news#`]], ['>', [7, `${ex}news#`, 1, ['session-1']]]],
  [
    'an event for a list',
    ['<', welcome],
    ['>', [5, `${ex}news#`]],
    ['>', [7, `${ex}news#`, 1, [], ['session-1', 'other']]],
    ['<', [8, `${ex}news#`, 1]],
  ],
  ['an event for an empty list', ['<', welcome], ['>', [5, `${ex}news#`]], ['>', [7, `${ex}news#`, 1, [], []]]],
  [
    'an event for a list with the publisher, whom the default leaves out',
    ['<', welcome],
    ['>', [5, `${ex}news#`]],
    ['>', [7, `${ex}news#`, 1, null, ['session-1']]],
  ],
  [
    'subscription, event and publication by CURIE; events have full URIs',
    ['<', welcome],
    ['>', [1, 'n', `${ex}news#`]],
    ['>', [5, 'n:a']],
    ['>', [7, 'n:a', null, false]],
    ['<', [8, `${ex}news#a`, null]],
    ['>', [6, 'n:a']],
    ['>', [7, 'n:a', null, false]],
  ],
  ['a topic that is not registered', ['<', welcome], ['>', [5, `${ex}other`]], ['>', [7, `${ex}other`, 1, false]]],
  ['a topic for publishing alone', ['<', welcome], ['>', [5, `${ex}speak`]], ['>', [7, `${ex}speak`, 1, false]]],
  ['a topic for subscribing alone', ['<', welcome], ['>', [5, `${ex}listen`]], ['>', [7, `${ex}listen`, 1, false]]],
  [
    'falsy events through a handler',
    ['<', welcome],
    ['>', [5, `${ex}filtered`]],
    ['>', [7, `${ex}filtered`, 0, false]],
    ['<', [8, `${ex}filtered`, 0]],
    ['>', [7, `${ex}filtered`, null, false]],
    ['<', [8, `${ex}filtered`, null]],
    ['>', [7, `${ex}filtered`, 'drop', false]],
  ],
]

describe('the messages of a server to a client', () => {
  for (const [what, ...lines] of server) {
    it(what, async () => {
      const link = new Link()
      const client = await link.serve(new TestServerFactory(Server))
      for (const [from, message] of [...lines, ['>', undefined] as const]) {
        if (from === '<' && message === 'close 3000') expect(await client.ended()).toMatch(/^3000/)
        else if (from === '<') expect(client.received.shift()).toEqual(message)
        else expect(client.heard()).toEqual([])
        if (from === '>' && message !== undefined) await client.say(message)
      }
    })
  }
})

const client: readonly (readonly [what: string, act: (client: Client) => unknown, ...sent: readonly unknown[]])[] = [
  ['nothing by itself', () => undefined],
  ['a call', c => c.call(`${ex}add`, 1, 2), [2, '1', `${ex}add`, 1, 2]],
  ['a call without arguments', c => c.call(`${ex}nothing`), [2, '1', `${ex}nothing`]],
  ['a prefix, and a CURIE as it was written', c => [c.prefix('ex', ex), c.call('ex:add', 1)], [1, 'ex', ex], [2, '1', 'ex:add', 1]],
  ['the same prefix once', c => [c.prefix('ex', ex), c.prefix('ex', ex)], [1, 'ex', ex]],
  ['a subscription', c => c.subscribe('ex:news', () => undefined), [5, 'ex:news']],
  ['one subscription for two handlers of a topic', c => [c.subscribe('t', () => 1), c.subscribe('t', () => 2)], [5, 't']],
  ['an unsubscription', c => [c.subscribe('t', () => 1), c.unsubscribe('t')], [5, 't'], [6, 't']],
  ['no unsubscription of what is not subscribed', c => c.unsubscribe('t')],
  ['an event', c => c.publish('t', { a: 1 }), [7, 't', { a: 1 }]],
  ['an event, excludeMe true', c => c.publish('t', 1, { excludeMe: true }), [7, 't', 1]],
  ['an event, excludeMe false', c => c.publish('t', 1, { excludeMe: false }), [7, 't', 1, false]],
  ['an event, exclude', c => c.publish('t', 1, { exclude: ['x'] }), [7, 't', 1, ['x']]],
  ['an event, exclude and excludeMe true', c => c.publish('t', 1, { exclude: ['x'], excludeMe: true }), [7, 't', 1, ['x', 'session-1']]],
  ['an event, eligible', c => c.publish('t', 1, { eligible: ['y'] }), [7, 't', 1, ['session-1'], ['y']]],
  ['an event, eligible and excludeMe false', c => c.publish('t', 1, { eligible: ['y'], excludeMe: false }), [7, 't', 1, [], ['y']]],
  [
    'an event, exclude and eligible and excludeMe true',
    c => c.publish('t', 1, { exclude: ['x'], eligible: ['y'], excludeMe: true }),
    [7, 't', 1, ['x', 'session-1'], ['y']],
  ],
  [
    'an event, exclude and eligible and excludeMe false',
    c => c.publish('t', 1, { exclude: ['x'], eligible: ['y'], excludeMe: false }),
    [7, 't', 1, ['x'], ['y']],
  ],
  ['an event, exclude and eligible', c => c.publish('t', 1, { exclude: ['x'], eligible: ['y'] }), [7, 't', 1, ['x'], ['y']]],
  ['an event without a value', c => c.publish('t', undefined), [7, 't', null]],
]

describe('the messages of a client to a server', () => {
  for (const [what, act, ...sent] of client) {
    it(what, async () => {
      const link = new Link()
      const [protocol, peer] = await link.connect<Client>(new TestClientFactory(Client))
      await peer.say(welcome)
      const result = act(protocol)
      for (const promise of [result].flat()) if (promise instanceof Promise) promise.catch(() => undefined)
      await link.settle()
      expect(peer.heard()).toEqual(sent)
    })
  }

  it('answers calls of the server, with full error URIs', async () => {
    const link = new Link()
    const [protocol, peer] = await link.connect<Client>(new TestClientFactory(Client))
    await peer.say(welcome)
    protocol.prefix('e', `${ex}error#`)
    await peer.say([2, 'a', `${ex}double`, 21], [2, 'b', `${ex}none`], [2, 'c', `${ex}fails`])
    expect(peer.heard()).toEqual([
      [1, 'e', `${ex}error#`],
      [3, 'a', 42],
      [4, 'b', `${api}error#NoSuchRPCEndpoint`, `no procedure ${ex}none is registered here`],
      [4, 'c', `${ex}error#no`, 'no'],
    ])
  })
})

class Client extends WampClientProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc(`${ex}double`, (x: number) => 2 * x)
    this.registerProcedureForRpc(`${ex}fails`, () => {
      throw new RpcError(`${ex}error#no`, 'no')
    })
  }
}
