import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { Link, type RawClient, type TestClient, TestClientFactory, TestServerFactory, welcome } from '../fixtures/link.ts'

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('t', { prefixMatch: true })
    this.registerProcedureForRpc('echo', (value: unknown) => value)
    this.registerProcedureForRpc('merge', (value: object) => Object.keys({ ...value }))
    this.registerProcedureForRpc('drop', () => this.dropConnection({ abort: true }))
  }
}

describe('a client that sends what is no WAMP', () => {
  const nonsense = [
    '',
    ' ',
    'null',
    '7',
    '"text"',
    '{}',
    '[',
    '[]',
    '[null]',
    '[99]',
    '[-0.5]',
    '[[5]]',
    '[5]',
    '[5,{}]',
    '[2,null,"u"]',
    '\ufeff[5,"t"]',
  ]
  for (const text of nonsense) {
    it(`${JSON.stringify(text)} is closed with 1002, and hurts nobody`, async () => {
      await hurtsNobody(async attacker => {
        attacker.sendMessage(text)
        expect(await attacker.ended()).toMatch(/^1002 \S+/)
      })
    })
  }

  it('binary messages is closed with 1003', async () => {
    await hurtsNobody(async attacker => {
      attacker.sendMessage(new TextEncoder().encode('[5,"t"]'), true)
      expect(await attacker.ended()).toBe('1003 a WAMP message is text')
    })
  })

  it('any JSON at all leaves the others as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.json(), messages), { maxLength: 20 }), async texts => {
        await hurtsNobody(async attacker => {
          for (const text of texts) if (attacker.isOpen) attacker.sendMessage(text)
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe('a client that wants too much', () => {
  it('URIs longer than the limit close it', async () => {
    await hurtsNobody(async attacker => {
      await attacker.say([5, `t${'x'.repeat(100_000)}`])
      expect(await attacker.ended()).toBe('1008 element 1 of SUBSCRIBE has 100001 letters; 2048 are allowed')
    })
  })

  it('a flood of subscriptions closes it, and they are gone', async () => {
    await hurtsNobody(async (attacker, factory) => {
      const before = factory.subscriptions.size
      for (let i = 0; i < 1001; i++) attacker.sendMessage(JSON.stringify([5, `t${i}`]))
      expect(await attacker.ended()).toBe('1008 more than 1000 subscriptions')
      expect(factory.subscriptions.size).toBe(before)
    })
  })

  it('a flood of prefixes closes it', async () => {
    await hurtsNobody(async attacker => {
      for (let i = 0; i < 257; i++) attacker.sendMessage(JSON.stringify([1, `p${i}`, 'u']))
      expect(await attacker.ended()).toBe('1008 more than 256 prefixes')
    })
  })

  it('prefixes that stand for prefixes do not grow', async () => {
    await hurtsNobody(async attacker => {
      await attacker.say([1, 'a', 'b:b:'], [1, 'b', 'a:a:'], [5, 'a:x'], [7, 'b:x', 1])
      expect(attacker.isOpen).toBe(true)
    })
  })
})

describe('a client that nests deep', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

  for (const [what, text] of [
    ['an event', `[7,"tvictim",${deep}]`],
    ['an argument', `[2,"a","echo",${deep}]`],
    ['brackets alone', '['.repeat(200_000)],
  ] as const) {
    it(`${what} closes its connection before it is parsed`, async () => {
      await hurtsNobody(async attacker => {
        attacker.sendMessage(text)
        expect(await attacker.ended()).toBe('1008 the message is nested deeper than 64')
      })
    })
  }
})

describe('names of objects', () => {
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    it(`${name} is a name like any other`, async () => {
      await hurtsNobody(async attacker => {
        await attacker.say(
          [1, name, 'http://p/'],
          [2, name, name],
          [2, 'b', `${name}:x`],
          [5, name],
          [6, name],
          [7, name, 1],
          [7, 't', 1, [name], [name]],
          [3, name, 1],
        )
        expect(attacker.heard()).toEqual([
          [4, name, 'http://api.wamp.ws/error#NoSuchRPCEndpoint', `no procedure ${name} is registered here`],
          [4, 'b', 'http://api.wamp.ws/error#NoSuchRPCEndpoint', 'no procedure http://p/x is registered here'],
        ])
      })
    })
  }

  it('__proto__ in arguments and events is data', async () => {
    await hurtsNobody(async attacker => {
      await attacker.say('[2,"a","merge",{"__proto__":{"polluted":1},"x":1}]', '[5,"t"]', '[7,"t",{"__proto__":{"polluted":1}},false]')
      expect(attacker.heard()[0]).toEqual([3, 'a', ['__proto__', 'x']])
      expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false)
    })
  })
})

describe('re-entrancy', () => {
  it('a procedure may drop its own connection', async () => {
    await hurtsNobody(async attacker => {
      await attacker.say([2, 'a', 'drop'], [2, 'b', 'echo', 1], [5, 't'])
      expect(attacker.isOpen).toBe(false)
    })
  })

  it('a handler may unsubscribe, publish and close within an event', async () => {
    const [client, peer] = await new Link().connect<TestClient>(new TestClientFactory())
    await peer.say(welcome)
    let events = 0
    const handler = () => {
      events++
      client.unsubscribe('t', handler)
      client.publish('t', 1)
      client.sendClose(1000)
    }
    client.subscribe('t', handler)
    client.subscribe('t', () => events++)
    await peer.say([8, 't', 1], [8, 't', 2])
    expect(events).toBe(3)
  })

  it('a hook of the broker may dispatch and subscribers may vanish in it', async () => {
    class Factory extends TestServerFactory {
      override onClientSubscribed(protocol: WampServerProtocol, topic: string): void {
        this.dispatch(topic, protocol.sessionId)
        for (const other of this.subscriptions.get(topic) ?? []) if (other !== protocol) other.dropConnection({ abort: true })
      }
    }
    const link = new Link()
    const factory = new Factory(Server)
    const clients = [await link.serve(factory), await link.serve(factory)]
    for (const client of clients) await client.say([5, 't'])
    expect(clients.map(client => client.isOpen)).toEqual([false, true])
    expect(factory.subscriptions.get('t')?.size).toBe(1)
  })
})

describe('a server that sends what is no WAMP', () => {
  for (const [what, text, reason] of [
    ['no JSON', '{', '1002 a WAMP message is a JSON array'],
    ['what is for servers', '[5,"t"]', '1002 a client does not receive WAMP messages of type 5'],
    ['an event without its event', '[8,"t"]', '1002 EVENT with 2 elements; 3 are expected'],
    ['another version', '[0,"id",2]', '1002 WAMP version 2; this side speaks 1'],
  ] as const) {
    it(`${what} is closed`, async () => {
      const [client, peer] = await new Link().connect(new TestClientFactory())
      await peer.say(text)
      expect(await peer.ended()).toBe(reason)
      expect(client.isOpen).toBe(false)
    })
  }

  it('answers that nobody waits for are ignored', async () => {
    const [client, peer] = await new Link().connect(new TestClientFactory())
    await peer.say(welcome, [3, '1', 1], [3, '__proto__', 1], [4, 'x', 'u', 'd'], [8, 'nobody', 1])
    expect(client.isOpen).toBe(true)
  })
})

/** Messages that are nearly right. */
const messages = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.array(fc.oneof(fc.constantFrom('t', 'tx', 'echo', 'a', 'session-1', '__proto__'), fc.jsonValue()), { maxLength: 5 }),
  )
  .map(([type, rest]) => JSON.stringify([type, ...rest]))

/** Another client of the same server calls and gets its events before, and all the same after. */
async function hurtsNobody(attack: (attacker: RawClient, factory: TestServerFactory) => Promise<void>): Promise<void> {
  const link = new Link()
  const factory = new TestServerFactory(Server)
  const victim = await link.serve(factory)
  await victim.say([5, 'tvictim'])
  victim.heard()
  const attacker = await link.serve(factory)
  attacker.heard()
  await attack(attacker, factory)
  await link.settle()
  victim.heard()
  await victim.say([2, 'v', 'echo', 'still here'], [7, 'tvictim', 'event', false])
  expect(victim.heard()).toEqual([
    [3, 'v', 'still here'],
    [8, 'tvictim', 'event'],
  ])
  expect(factory.errors).toEqual([])
}
