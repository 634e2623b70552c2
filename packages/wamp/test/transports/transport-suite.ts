import { FakeClock } from '@autobahn-ts/websocket/testing'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import type { MessageTooLarge, MessageTransport } from '../../src/transports/message-transport.ts'
import type { TransportOptions } from '../../src/transports/transport-settings.ts'
import { Recorder } from './recorder.ts'

/** Both ends of a transport for the suite. */
export interface TransportPair {
  readonly client: MessageTransport
  readonly server: MessageTransport
  /** Sends octets that are not a message from the client. Absent where nothing but messages can be sent. */
  readonly sendGarbage?: () => void
  /** Takes the client's network away without a word: nothing arrives at either side any more. Absent where there is no network. */
  readonly cutOff?: () => void
  /** Releases servers and sockets. */
  readonly dispose: () => void | Promise<void>
}

export interface PairSettings {
  readonly client?: Partial<TransportOptions>
  readonly server?: Partial<TransportOptions>
  readonly clock: FakeClock
  readonly onError: (error: Error) => void
}

export interface SuiteOptions {
  /** Whether each side knows what the other takes, or is told of the limits that apply to it. */
  readonly isBounded?: boolean
  /** Whether a dropped connection looks to the peer like one that was closed, as over a Unix socket, which cannot be reset. */
  readonly looksClosed?: boolean
  /** Whether the client runs on a page, whose timers are real and which cannot reset its connection. */
  readonly isPage?: boolean
  /** The time after which a lost peer is found, in seconds. */
  readonly findsLostPeerIn?: number
}

/** The behaviour of every kind of transport, over whatever carries it. */
export function testMessageTransport(
  name: string,
  make: (settings: PairSettings) => Promise<TransportPair>,
  options: SuiteOptions = {},
): void {
  describe(`a transport (${name})`, () => {
    const made: TransportPair[] = []
    const errors: Error[] = []

    afterEach(async () => {
      for (const { client, server, dispose } of made.splice(0)) {
        client.abort('the test is over')
        server.abort('the test is over')
        await dispose()
      }
      errors.length = 0
    })

    async function pairOf(settings: Partial<PairSettings> = {}): Promise<TransportPair & { readonly clock: FakeClock }> {
      const clock = settings.clock ?? new FakeClock()
      const pair = await make({ onError: error => void errors.push(error), ...settings, clock })
      made.push(pair)
      return { ...pair, clock }
    }

    async function opened(settings: Partial<PairSettings> = {}) {
      const pair = await pairOf(settings)
      return { ...pair, atClient: Recorder.of(pair.client), atServer: Recorder.of(pair.server) }
    }

    it('carries messages in order in both directions at once', async () => {
      const { client, server, atClient, atServer } = await opened()
      const sent = Array.from({ length: 200 }, (_, n) => event(n + 1, 'x'.repeat(n)))
      for (const message of sent) {
        client.send(message)
        server.send(message)
      }
      expect(atServer.messages).toEqual([])
      expect((await atServer.count(200)).map(plain)).toEqual(sent.map(plain))
      expect((await atClient.count(200)).map(plain)).toEqual(sent.map(plain))
    })

    it('carries payloads as they are', async () => {
      const { client, atServer } = await opened()
      const payload = payloadOf([1, -1, 0.5, 'ünïcödé', '', null, true, new Uint8Array([0, 255]), [], {}, { a: [{}] }], { key: 'value' })
      client.send([MessageType.PUBLISH, 1, {}, 'com.example.topic', payload])
      const [message] = await atServer.count(1)
      expect(plain(message!)).toEqual(plain([MessageType.PUBLISH, 1, {}, 'com.example.topic', payload]))
    })

    it('carries payloads as they are from a peer that is trusted', async () => {
      const { client, server, atServer } = await opened()
      server.trustPayloads?.()
      const payload = payloadOf(['ünïcödé', null, [], { a: [{}] }], { key: 'value' })
      client.send([MessageType.PUBLISH, 1, {}, 'com.example.topic', payload])
      client.send(event(2))
      const messages = await atServer.count(2)
      expect(plain(messages[0]!)).toEqual(plain([MessageType.PUBLISH, 1, {}, 'com.example.topic', payload]))
      expect(idOf(messages[1]!)).toBe(2)
    })

    it('hands on first what came before it was opened', async () => {
      const { client, server } = await pairOf()
      const atClient = Recorder.of(client)
      client.send(event(1))
      client.send(event(2))
      server.send(event(3))
      await atClient.count(1)
      const atServer = Recorder.of(server)
      expect(atServer.messages).toEqual([])
      expect((await atServer.count(2)).map(idOf)).toEqual([1, 2])
    })

    it('sends prepared messages among others, to any number of transports of its format', async () => {
      const one = await opened()
      const other = await opened()
      expect(one.server.format).toBe(other.server.format)
      const prepared = one.server.format.prepare(event(2, 'prepared'))
      for (const { server } of [one, other]) {
        server.send(event(1))
        server.sendPrepared(prepared)
        server.send(event(3))
      }
      for (const { atClient } of [one, other]) expect((await atClient.count(3)).map(idOf)).toEqual([1, 2, 3])
      expect(prepared.size).toBeGreaterThan(0)
    })

    it('takes no message that something else has prepared', async () => {
      const { client } = await opened()
      expect(() => client.sendPrepared({ size: 1 })).toThrow('that the format of this transport has prepared, and not')
    })

    it('holds its peer while it is paused, and tells it when there is room', async () => {
      const { client, server, atClient, atServer } = await opened()
      server.pause()
      const sent = await saturate(client)
      const before = atClient.writables
      expect(client.bufferedAmount).toBeGreaterThan(0)
      expect(atServer.messages.length).toBe(0)
      server.resume()
      const got = await atServer.count(sent)
      await atClient.writable(before + 1)
      expect(client.isWritable).toBe(true)
      expect(got.map(idOf)).toEqual(Array.from({ length: sent }, (_, n) => n + 1))
    })

    it('delivers nothing after its listener has paused it in a message, until it is resumed', async () => {
      const { client, server, atServer } = await opened()
      atServer.took = () => server.pause()
      for (let id = 1; id <= 5; id++) client.send(event(id))
      await atServer.count(1)
      await turn()
      expect(atServer.messages.length).toBe(1)
      for (let id = 2; id <= 5; id++) {
        server.resume()
        await atServer.count(id)
        await turn()
        expect(atServer.messages.length).toBe(id)
      }
      expect(atServer.messages.map(idOf)).toEqual([1, 2, 3, 4, 5])
    })

    it('throws MessageTooLarge above the size that it sends, and sends nothing of the message', async () => {
      const { client, server, atServer, atClient } = await opened({ client: { maxSendSize: 1024 }, server: { maxSendSize: 1024 } })
      for (const [side, other] of [
        [client, atServer],
        [server, atClient],
      ] as const) {
        const error = thrown(() => side.send(event(1, 'é'.repeat(600))))
        expect(error).toMatchObject({ name: 'MessageTooLarge' })
        expect((error as MessageTooLarge).size).toBeGreaterThan(1200)
        expect(() => side.sendPrepared(side.format.prepare(event(1, 'x'.repeat(2000))))).toThrow('is larger than the 1024')
        side.send(event(2, 'é'.repeat(400)))
        expect((await other.count(1)).map(idOf)).toEqual([2])
      }
    })

    it('ends where a message is larger than it takes', async () => {
      const { client, atClient, atServer, server } = await opened({ server: { maxMessageSize: 1024 } })
      client.send(event(1))
      await atServer.count(1)
      const large = event(2, 'x'.repeat(5000))
      if (options.isBounded) {
        expect(() => client.send(large)).toThrow('is larger than the 1024')
        return
      }
      client.send(large)
      atServer.failed = () => server.close()
      expect((await atServer.closed()).wasClean).toBe(false)
      await atClient.closed()
      expect(atServer.messages.map(idOf)).toEqual([1])
    })

    it('refuses a value that WAMP cannot express, and sends nothing', async () => {
      const { client, atServer } = await opened()
      const bad: Message = [MessageType.PUBLISH, 1, {}, 'com.example.topic', payloadOf([() => {}])]
      expect(() => client.send(bad)).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
      expect(() => client.format.prepare(bad)).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
      client.send(event(2))
      expect((await atServer.count(1)).map(idOf)).toEqual([2])
    })

    it('tells of a violation once, hands on nothing after it, and still sends', async () => {
      const { client, server, atClient, atServer, sendGarbage } = await opened()
      if (sendGarbage === undefined) return
      client.send(event(1))
      await atServer.count(1)
      sendGarbage()
      client.send(event(2))
      const violation = await atServer.violation()
      expect(violation.message).not.toBe('')
      server.send([MessageType.ABORT, { message: violation.message }, 'wamp.error.protocol_violation'])
      server.close()
      await atServer.closed()
      const [abort] = await atClient.count(1)
      expect(abort?.[0]).toBe(MessageType.ABORT)
      await atClient.closed()
      expect(atServer.messages.map(idOf)).toEqual([1])
      expect(atServer.violations.length).toBe(1)
    })

    it('delivers what was sent before it was closed, and ends cleanly at both sides', async () => {
      const { client, atClient, atServer, clock } = await opened()
      for (let id = 1; id <= 100; id++) client.send(event(id, filling.slice(0, 1000)))
      client.close()
      client.send(event(101))
      client.close()
      expect(atClient.ends).toEqual([])
      expect((await atServer.closed()).wasClean).toBe(true)
      expect(await atClient.closed()).toEqual({ wasClean: true, reason: 'closed by this side' })
      expect(atServer.messages.map(idOf)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
      expect([client.isWritable, client.bufferedAmount]).toEqual([false, 0])
      for (let n = 0; clock.pending > 0 && n < 100; n++) await turn()
      expect(clock.pending).toBe(0)
    })

    it('is closed by the server in the same way', async () => {
      const { server, atClient, atServer } = await opened()
      for (let id = 1; id <= 20; id++) server.send(event(id, filling.slice(0, 1000)))
      server.close()
      expect((await atClient.closed()).wasClean).toBe(true)
      expect((await atServer.closed()).wasClean).toBe(true)
      expect(atClient.messages.map(idOf)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    })

    it('hands no message on after it was closed from within a message', async () => {
      const { client, server, atServer } = await opened()
      atServer.took = () => server.close()
      for (let id = 1; id <= 5; id++) client.send(event(id))
      await atServer.closed()
      expect(atServer.messages.map(idOf)).toEqual([1])
    })

    it('may be closed by both sides at once', async () => {
      const { client, server, atClient, atServer } = await opened()
      client.close()
      server.close()
      await atClient.closed()
      await atServer.closed()
      await turn()
      expect([atClient.ends.length, atServer.ends.length]).toEqual([1, 1])
    })

    it('is dropped by abort at once, with the reason, and tells of it once', async () => {
      const { client, atClient, atServer, clock } = await opened()
      client.send(event(1))
      client.abort('enough')
      client.abort('again')
      client.close()
      client.send(event(2))
      expect(atClient.ends).toEqual([])
      expect(await atClient.closed()).toEqual({ wasClean: false, reason: 'enough' })
      await turn()
      await passing(clock, atServer, options.findsLostPeerIn ?? 0)
      expect((await atServer.closed()).wasClean).toBe(options.looksClosed ?? false)
      await turn()
      expect([atClient.ends.length, atServer.ends.length]).toEqual([1, 1])
    })

    it('is dropped at the deadline where its peer does not take what was sent before the close', async () => {
      if (options.isPage) return
      const { client, server, atClient, clock } = await opened({ client: { closeTimeout: 3 } })
      server.pause()
      await saturate(client)
      client.close()
      await turn()
      expect(atClient.ends).toEqual([])
      await passing(clock, atClient, 15)
      expect((await atClient.closed()).wasClean).toBe(false)
    })

    it('is dropped above maxUnsentSize', async () => {
      const { client, server, atClient } = await opened({ client: { maxUnsentSize: 3_000_000 } })
      server.pause()
      for (let id = 1; atClient.ends.length === 0; id++) {
        client.send(event(id, filling))
        if (id % 16 === 0) await turn()
        if (id > 2000) throw new Error('it is not dropped')
      }
      expect((await atClient.closed()).wasClean).toBe(false)
    })

    it('loses its connection where its listener throws, and reports the error', async () => {
      const { client, atClient, atServer } = await opened()
      atServer.took = () => {
        throw new Error('a bug in a session')
      }
      client.send(event(1))
      expect(await atServer.closed()).toEqual({ wasClean: false, reason: 'internal error' })
      await atClient.closed()
      expect(errors.map(error => error.message)).toEqual(['a bug in a session'])
    })

    it('finds a peer that is lost without a word', async () => {
      const { cutOff, atServer, server, clock } = await opened({ server: { pingInterval: 20, pingTimeout: 20 } })
      if (cutOff === undefined) return
      cutOff()
      expect(server.isWritable).toBe(true)
      await passing(clock, atServer, options.findsLostPeerIn ?? 45)
      expect((await atServer.closed()).wasClean).toBe(false)
    })

    it('keeps a silent peer that answers', async () => {
      const { client, atServer, atClient, clock } = await opened()
      for (let second = 0; second < 100; second += 5) {
        clock.advance(5000)
        await turn()
      }
      expect([atServer.ends, atClient.ends]).toEqual([[], []])
      client.send(event(1))
      await atServer.count(1)
    })

    it('has details of its peer', async () => {
      const { client, server } = await opened()
      for (const { details } of [client, server]) {
        expect(['websocket', 'rawsocket', 'longpoll', 'memory']).toContain(details.kind)
        expect(typeof details.peer).toBe('string')
        expect(typeof details.isSecure).toBe('boolean')
        expect(Object.keys(details.headers).every(field => field === field.toLowerCase())).toBe(true)
        expect(details.certificate).toBe(undefined)
      }
    })
  })
}

/** Lets time pass in steps, with turns of the loop between them, until the transport is gone or the time is over. */
async function passing(clock: FakeClock, recorder: Recorder, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds && recorder.ends.length === 0; passed += 1) {
    clock.advance(1000)
    await turn()
  }
}

/** Sends messages until a transport stays not writable, because its peer does not read. Returns their number. */
async function saturate(transport: MessageTransport): Promise<number> {
  let sent = 0
  do {
    while (transport.isWritable) transport.send(event(++sent, filling))
    if (sent > 2000) throw new Error('the peer is not held')
    await turn()
  } while (transport.isWritable)
  return sent
}

/** Waits until sockets had several turns of the event loop. */
export async function turn(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise(resolve => setImmediate(resolve))
}

export function event(id: number, text = ''): Message {
  return [MessageType.EVENT, 1, id, {}, payloadOf([text])]
}

function idOf(message: Message): unknown {
  return message[2]
}

/** A message with its payload decoded. */
export function plain(message: Message): unknown[] {
  return message.map(element => {
    if (typeof element !== 'object' || element === null || !('args' in element)) return element
    const { args, kwargs } = element as { args: readonly unknown[]; kwargs: object }
    return { args, kwargs }
  })
}

function thrown(call: () => void): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
}

const filling = 'x'.repeat(60_000)
