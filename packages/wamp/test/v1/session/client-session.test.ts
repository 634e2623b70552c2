import { fakeRuntime, memoryPair } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { Link, type RawServer, TestClient, TestClientFactory, welcome } from '../../fixtures/link.ts'

describe('the session of a client', () => {
  it('opens with WELCOME', async () => {
    const seen: unknown[] = []
    class Client extends TestClient {
      override onSessionOpen(): void {
        seen.push(this.sessionId)
      }
    }
    const [client, peer] = await new Link().connect<Client>(new TestClientFactory(Client))
    expect([client.sessionId, client.sessionServer, client.sessionProtocolVersion]).toEqual([undefined, undefined, undefined])
    const opened = client.sessionOpened
    await peer.say(welcome)
    await opened
    await client.sessionOpened
    expect([client.sessionId, client.sessionServer, client.sessionProtocolVersion, seen]).toEqual(['session-1', 'test', 1, ['session-1']])
  })

  it('opens with a WELCOME that says no more than the id', async () => {
    const [client, peer] = await new Link().connect(new TestClientFactory())
    await peer.say([0, 'id'])
    expect([client.sessionId, client.sessionServer, client.sessionProtocolVersion]).toEqual(['id', undefined, undefined])
  })

  it('never opens when the connection is lost before', async () => {
    const [client, peer] = await new Link().connect(new TestClientFactory())
    const opened = client.sessionOpened
    const rejected = expect(opened).rejects.toThrow('the connection closed before the session was open: 1001 bye')
    peer.sendClose(1001, 'bye')
    await peer.ended()
    await rejected
    await expect(client.sessionOpened).rejects.toThrow(/before the session was open/)
  })

  it('does not open twice', async () => {
    const { peer } = await connect()
    await peer.say(welcome)
    expect(await peer.ended()).toBe('1002 a second WELCOME')
  })

  it('is closed with 1011 where onSessionOpen fails, at once or later', async () => {
    for (const fail of [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no')
      },
    ]) {
      class Failing extends TestClient {
        override onSessionOpen(): Promise<void> {
          return fail()
        }
      }
      const factory = new TestClientFactory(Failing)
      const [, peer] = await new Link().connect(factory)
      await peer.say(welcome)
      expect(await peer.ended()).toMatch(/^1011/)
      expect(factory.errors.map(({ message }) => message)).toContain('no')
    }
  })

  it('may wait in onSessionOpen for its own calls', async () => {
    let result: unknown
    class Client extends TestClient {
      override async onSessionOpen(): Promise<void> {
        result = await this.call('u')
      }
    }
    const [, peer] = await new Link().connect(new TestClientFactory(Client))
    await peer.say(welcome)
    await peer.say([3, '1', 'answer'])
    expect(result).toBe('answer')
  })
})

describe('events', () => {
  it('go to all handlers of their topic, with its full URI', async () => {
    const { client, peer } = await connect()
    const seen: unknown[] = []
    client.prefix('e', 'http://e/')
    client.subscribe('e:t', (topic, event) => seen.push(['one', topic, event]))
    client.subscribe('http://e/t', (topic, event) => seen.push(['two', topic, event]))
    await peer.say([8, 'http://e/t', null], [8, 'http://e/other', 1])
    expect(seen).toEqual([
      ['one', 'http://e/t', null],
      ['two', 'http://e/t', null],
    ])
    expect(peer.heard()).toEqual([
      [1, 'e', 'http://e/'],
      [5, 'e:t'],
    ])
  })

  it('are expanded where a server sends them by CURIE', async () => {
    const { client, peer } = await connect()
    const seen: unknown[] = []
    client.prefix('e', 'http://e/')
    client.subscribe('e:t', topic => seen.push(topic))
    await peer.say([8, 'e:t', 1])
    expect(seen).toEqual(['http://e/t'])
  })

  it('go no more to handlers that are gone, and to the others still', async () => {
    const { client, peer } = await connect()
    const seen: string[] = []
    const one = () => seen.push('one')
    client.subscribe('t', one)
    client.subscribe('t', () => seen.push('two'))
    client.unsubscribe('t', one)
    await peer.say([8, 't', 1])
    client.unsubscribe('t')
    await peer.say([8, 't', 2])
    expect(seen).toEqual(['two'])
    expect(peer.heard()).toEqual([
      [5, 't'],
      [6, 't'],
    ])
  })

  it('reach every handler, whatever another throws', async () => {
    const { client, peer, factory } = await connect()
    const seen: unknown[] = []
    client.subscribe('t', () => {
      throw new Error('sync')
    })
    client.subscribe('t', () => Promise.reject(new Error('async')))
    client.subscribe('t', (_, event) => seen.push(event))
    await peer.say([8, 't', 1])
    expect(seen).toEqual([1])
    expect(factory.errors.map(({ message }) => message)).toEqual(['sync', 'async'])
    expect(client.isOpen).toBe(true)
  })
})

describe('misuse by the application', () => {
  it('is thrown at once', async () => {
    const { client } = await connect()
    client.prefix('e', 'http://e/')
    expect(() => client.prefix('e', 'http://other/')).toThrow('the prefix e is defined already, as http://e/')
    expect(() => client.prefix('', 'u')).toThrow('the prefix "" could never be resolved')
    expect(() => client.prefix('a:b', 'u')).toThrow('the prefix "a:b" could never be resolved')
    expect(() => client.prefix(7 as never, 'u')).toThrow('a prefix must be a string, and not number')
    expect(() => client.subscribe(7 as never, () => 1)).toThrow('a topic must be a string, and not number')
    expect(() => client.subscribe('t', 7 as never)).toThrow('the handler of t must be a function, and not number')
    expect(() => client.publish('t', 1n)).toThrow(/an event must be serialisable/)
    expect(() => client.publish('t', 1, { excludeMe: 1 as never })).toThrow('excludeMe must be true or false, and not 1')
    for (const options of [false, null, ['id'], 'id']) {
      expect(() => client.publish('t', 1, options as never)).toThrow('the options of publish must be an object')
    }
    expect(() => client.publish('t', 1, { exclude: 'x' as never })).toThrow('exclude must be a list of session ids')
    expect(() => client.publish('t', 1, { eligible: [1] as never })).toThrow('eligible must be a list of session ids')
  })

  it('leaves nothing behind where it is too early to send', async () => {
    const link = new Link()
    const [one] = memoryPair(link.clock)
    const nowhere = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
    const client = new TestClientFactory().connectStream(one, nowhere, fakeRuntime({ clock: link.clock })) as TestClient
    for (let i = 0; i < 2; i++) {
      expect(() => client.prefix('e', 'u')).toThrow('sendMessage before the connection is open')
      expect(() => client.subscribe('t', () => 1)).toThrow('sendMessage before the connection is open')
    }
    expect(() => client.publish('t', 1)).toThrow('sendMessage before the connection is open')
    await expect(client.call('u')).rejects.toThrow('sendMessage before the connection is open')
    expect([client.resolve('e:x'), client.pendingCalls]).toEqual([undefined, 0])
  })
})

describe('asynchronous handlers of events', () => {
  const event = (n: number): unknown => [8, 't', [n, 'x'.repeat(1000)]]

  it('hold the reading while their events take too much, and lose none', async () => {
    const { client, peer } = await connect(new TestClientFactory(TestClient, { wamp: { maxSessionWorkSize: 5000 } }))
    const begun: unknown[] = []
    const done: (() => void)[] = []
    client.subscribe<[number, string]>('t', (_, [n]) => {
      begun.push(n)
      return new Promise<void>(resolve => done.push(resolve))
    })
    await peer.say(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(event))
    const heldAt = begun.length
    expect(heldAt).toBeLessThan(5)
    for (let n = 0; n < 9; n++) {
      done[n]?.()
      await peer.link?.settle()
    }
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(client.isOpen).toBe(true)
  })

  it('may wait for calls of the same connection, whose answers come behind more events than may be in work', async () => {
    const { client, peer } = await connect(new TestClientFactory(TestClient, { wamp: { maxSessionWorkSize: 5000 } }))
    let done = 0
    client.subscribe('t', async () => {
      await client.call('seen')
      done++
    })
    await peer.say(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(event))
    await peer.say(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(id => [3, String(id), null]))
    expect([done, client.pendingCalls, client.isOpen]).toEqual([9, 0, true])
  })

  it('close the connection with 1008 where even the factory has no room for another event', async () => {
    const { client, peer } = await connect(new TestClientFactory(TestClient, { wamp: { maxSessionWorkSize: 5000, maxWorkSize: 9000 } }))
    client.subscribe('t', () => client.call('never answered'))
    await peer.say(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(event))
    expect(await peer.ended()).toBe('1008 events whose handlers are not done take more than 9000 octets')
  })
})

async function connect(factory = new TestClientFactory()): Promise<{ client: TestClient; peer: RawServer; factory: TestClientFactory }> {
  const [client, peer] = await new Link().connect<TestClient>(factory)
  await peer.say(welcome)
  return { client, peer, factory }
}
