import { describe, expect, it } from 'vitest'
import { WampClientProtocol } from '../../src/browser/client-protocol.ts'
import { ScriptClient, ScriptFactory } from '../fixtures/script-client.ts'

const welcome = [0, 'session-1', 1, 'test']

describe('WampClientProtocol in a browser', () => {
  it('gives up where the server does not agree to speak wamp', async () => {
    const [client, socket] = new ScriptFactory().connect(false)
    const opened = expect(client.opened).rejects.toThrow('the server did not agree to speak wamp')
    socket.accept('')
    await opened
    expect(socket.closes).toEqual([[]])
  })

  it('opens its session, calls, is called, and hears of events', async () => {
    const seen: unknown[] = []
    class Client extends WampClientProtocol {
      override async onSessionOpen(): Promise<void> {
        this.prefix('e', 'http://e/')
        this.registerProcedureForRpc('http://e/mine', (x: number) => 2 * x)
        this.subscribe('e:t', (topic, event) => seen.push([topic, event]))
        seen.push(await this.call<number>('e:add', 1, 2))
        this.publish('e:t', 'hello')
      }
    }
    const [client, socket] = new ScriptFactory(Client).connect<Client>()
    socket.say(welcome)
    await client.sessionOpened
    expect(socket.heard()).toEqual([
      [1, 'e', 'http://e/'],
      [5, 'e:t'],
      [2, '1', 'e:add', 1, 2],
    ])
    socket.say([3, '1', 3], [8, 'http://e/t', { a: 'ä' }], [2, 'x', 'http://e/mine', 21])
    await Promise.resolve()
    await Promise.resolve()
    expect(socket.heard()).toEqual([
      [3, 'x', 42],
      [7, 'e:t', 'hello'],
    ])
    expect(seen).toEqual([['http://e/t', { a: 'ä' }], 3])
    expect([client.sessionId, client.sessionServer, client.sessionProtocolVersion]).toEqual(['session-1', 'test', 1])
  })

  it('fails calls when the connection is lost, also where the application forgets super', async () => {
    const [client, socket] = new ScriptFactory().connect()
    socket.say(welcome)
    const call = client.call('http://e/slow')
    expect(client.pendingCalls).toBe(1)
    socket.end()
    await expect(call).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    expect(client.pendingCalls).toBe(0)
    await expect(client.call('http://e/slow')).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('fails calls that are not answered in time', async () => {
    const factory = new ScriptFactory(ScriptClient, { wamp: { callTimeout: 3 } })
    const [client, socket] = factory.connect()
    socket.say(welcome)
    const calls = [client.call('http://e/slow'), client.callWith({ timeout: 1 }, 'http://e/slow')]
    const failed = Promise.all(calls.map(call => expect(call).rejects.toMatchObject({ name: 'CallTimedOut' })))
    factory.fakeClock.advance(3000)
    await failed
  })

  it('closes with 4011 where onSessionOpen rejects', async () => {
    class Faulty extends WampClientProtocol {
      override async onSessionOpen(): Promise<void> {
        throw new Error('not today')
      }
    }
    const factory = new ScriptFactory(Faulty)
    const [client, socket] = factory.connect<Faulty>()
    socket.say(welcome)
    await expect.poll(() => socket.closes).toEqual([[4011, 'onSessionOpen failed']])
    expect(factory.errors).toMatchObject([{ message: 'not today' }])
    expect(client.isOpen).toBe(false)
  })

  it('a session that is never opened rejects', async () => {
    const [client, socket] = new ScriptFactory().connect()
    const opened = expect(client.sessionOpened).rejects.toMatchObject({ name: 'ConnectionClosed' })
    socket.end()
    await opened
  })

  it('refuses binary messages, with a code that browsers allow', async () => {
    const [client, socket] = new ScriptFactory().connect()
    socket.happen({ type: 'message', data: Uint8Array.of(1).buffer })
    expect(socket.closes).toEqual([[4003, 'a WAMP message is text']])
    socket.end(4003, 'a WAMP message is text')
    expect(await client.closed).toMatchObject({
      code: 1006,
      reason: 'failed with 1003: a WAMP message is text',
      wasClean: false,
      by: 'self',
      localCloseCode: 4003,
      cause: { name: 'PeerMisbehaved', closeCode: 1003 },
    })
  })

  it('refuses malformed messages, and hears nothing after that', () => {
    const [client, socket] = new ScriptFactory().connect()
    socket.say('{"no":"wamp"}', welcome)
    expect(socket.closes).toEqual([[4002, 'a WAMP message is a JSON array']])
    expect([client.state, client.hooks]).toEqual([2, ['onOpen']])
  })

  it('refuses messages above the limit, counted in octets', () => {
    const [, socket] = new ScriptFactory(ScriptClient, { maxMessagePayloadSize: 8 }).connect()
    socket.say('[8,"ää"]')
    expect(socket.closes).toEqual([[4009, 'message of 10 octets; at most 8 are taken']])
  })

  it('closes with 4011 where onSessionOpen throws', () => {
    class Faulty extends ScriptClient {
      override onSessionOpen(): void {
        throw new Error('no session')
      }
    }
    const factory = new ScriptFactory(Faulty)
    const [client, socket] = factory.connect<Faulty>()
    socket.say(welcome)
    expect(socket.closes).toEqual([[4011, 'internal error']])
    expect(factory.errors).toMatchObject([{ message: 'no session' }])
    expect(client.isOpen).toBe(false)
  })

  it('bounds messages that wait for a hook by maxSessionWorkSize, as it is set now', () => {
    class Slow extends ScriptClient {
      override onOpen(): Promise<void> {
        return new Promise(() => undefined)
      }
    }
    const event = [8, 't', 'x'.repeat(1000)]
    const factory = new ScriptFactory(Slow, { wamp: { maxSessionWorkSize: 5000 } })
    const [, socket] = factory.connect()
    socket.say(event, event, event)
    expect(socket.closes).toEqual([])
    socket.say(event)
    expect(socket.closes).toEqual([[4008, 'messages that wait for a hook take more than 5000 octets']])
    const [, other] = factory.connect()
    factory.setWampOptions({ maxSessionWorkSize: 2000 })
    other.say(event, event)
    expect(other.closes).toEqual([[4008, 'messages that wait for a hook take more than 2000 octets']])
  })

  it('sends text alone', () => {
    const [client] = new ScriptFactory().connect()
    expect(() => client.sendMessage(new Uint8Array(1) as unknown as string)).toThrow(
      'a message of WAMP must be a string, and not [object Uint8Array]',
    )
  })
})
