import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { transportClock } from '../../src/node/transport-clock.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import { type MemoryTransportOptions, memoryTransports } from '../../src/transports/memory-transport.ts'
import { resolveTransportOptions } from '../../src/transports/transport-settings.ts'
import { Recorder } from './recorder.ts'
import { testMessageTransport } from './transport-suite.ts'

const serializers = [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()]

for (const serializer of serializers)
  testMessageTransport(
    `in memory, ${serializer.name}`,
    async ({ client: ofClient, server: ofServer, clock: fake, onError }) => {
      // both ends have the same limits, and those of the test are of one of them
      const { maxMessageSize, maxSendSize, highWaterMark, maxUnsentSize, closeTimeout } = resolveTransportOptions({
        ...ofServer,
        ...ofClient,
      })
      const limits = { maxMessageSize: Math.min(maxMessageSize, maxSendSize), highWaterMark, maxUnsentSize, closeTimeout }
      const [client, server] = memoryTransports(transportClock(fake), { serializer, ...limits, onError })
      return { client, server, dispose: () => {} }
    },
    { isBounded: true },
  )

describe('memoryTransports', () => {
  it('carry messages in order in both directions, never within send', () => {
    const { clock, client, server, ofClient, ofServer } = pair()
    for (const id of [1, 2, 3]) client.send(published(id))
    server.send(published(4))
    expect(ofServer.messages).toEqual([])
    clock.flush()
    expect(ofServer.messages).toEqual([1, 2, 3].map(published))
    expect(ofClient.messages).toEqual([published(4)])
  })

  it('hand on what came before open', () => {
    const clock = new FakeClock()
    const [client, server] = memoryTransports(clock)
    client.send(published(1))
    clock.flush()
    const ofServer = Recorder.of(server)
    clock.flush()
    expect(ofServer.messages).toEqual([published(1)])
  })

  it('send prepared messages, and no others', () => {
    const { clock, client, ofServer } = pair()
    client.sendPrepared(client.format.prepare(published(1)))
    clock.flush()
    expect(ofServer.messages).toEqual([published(1)])
    expect(() => client.sendPrepared({ size: 1 })).toThrow('sendPrepared takes a message that the format of this transport has prepared')
  })

  it('hold the other end while paused, and tell it when there is room', () => {
    const { clock, client, server, ofClient, ofServer } = pair({ highWaterMark: 1024 })
    server.pause()
    for (let id = 1; client.isWritable; id++) client.send(published(id))
    const sent = client.bufferedAmount / 256
    clock.flush()
    expect(ofServer.messages).toEqual([])
    expect(client.bufferedAmount).toBeGreaterThan(1024)
    server.resume()
    clock.flush()
    expect(ofServer.messages.length).toBe(sent)
    expect(ofClient.writables).toBe(1)
    expect([client.isWritable, client.bufferedAmount]).toEqual([true, 0])
  })

  it('stop in the middle of what has arrived when the listener pauses', () => {
    const { clock, client, server, ofServer } = pair()
    ofServer.took = () => server.pause()
    for (const id of [1, 2, 3]) client.send(published(id))
    clock.flush()
    expect(ofServer.messages).toEqual([published(1)])
    server.resume()
    clock.flush()
    expect(ofServer.messages).toEqual([published(1), published(2)])
  })

  it('deliver what was sent before they close, and close cleanly at both ends', () => {
    const { clock, client, ofClient, ofServer } = pair()
    client.send(published(1))
    client.close()
    client.send(published(2))
    expect(ofClient.ends).toEqual([])
    clock.flush()
    expect(ofServer.messages).toEqual([published(1)])
    expect(ofServer.ends).toEqual([{ wasClean: true, reason: 'closed by the peer' }])
    expect(ofClient.ends).toEqual([{ wasClean: true, reason: 'closed by this side' }])
    expect(clock.pending).toBe(0)
  })

  it('hand no message on after close', () => {
    const { clock, client, server, ofClient } = pair()
    server.send(published(1))
    client.close()
    clock.flush()
    expect(ofClient.messages).toEqual([])
  })

  it('drop an end that does not take what was sent within the deadline', () => {
    const { clock, client, server, ofClient, ofServer } = pair({ closeTimeout: 3 })
    server.stall()
    client.send(published(1))
    client.close()
    clock.advance(2999)
    expect(ofClient.ends).toEqual([])
    clock.advance(1)
    expect(ofClient.ends).toEqual([{ wasClean: false, reason: 'the other end did not take what was sent' }])
    expect(ofServer.ends).toEqual([])
    server.flow()
    clock.flush()
    expect(ofServer.messages).toEqual([])
    expect(ofServer.ends).toEqual([{ wasClean: false, reason: 'the peer has dropped the transport' }])
  })

  it('are dropped at once by abort, with the reason', () => {
    const { clock, client, ofClient, ofServer } = pair()
    client.send(published(1))
    client.abort('no more')
    client.abort('again')
    client.close()
    expect(ofClient.ends).toEqual([])
    clock.flush()
    expect(ofClient.ends).toEqual([{ wasClean: false, reason: 'no more' }])
    expect(ofServer.messages).toEqual([])
    expect(ofServer.ends).toEqual([{ wasClean: false, reason: 'the peer has dropped the transport' }])
  })

  it('are dropped above maxUnsentSize', () => {
    const { clock, client, server, ofClient } = pair({ maxUnsentSize: 2560 })
    server.stall()
    for (let id = 1; id <= 10; id++) client.send(published(id))
    clock.flush()
    expect(ofClient.ends).toEqual([])
    client.send(published(11))
    clock.flush()
    expect(ofClient.ends).toEqual([{ wasClean: false, reason: 'more than 2560 octets wait for the other end' }])
    expect([client.isWritable, client.bufferedAmount]).toEqual([false, 0])
  })

  it('lose the end whose listener throws', () => {
    const errors: Error[] = []
    const { clock, client, ofClient, ofServer } = pair({ onError: error => void errors.push(error) })
    ofServer.took = () => {
      throw new Error('broken')
    }
    client.send(published(1))
    clock.flush()
    expect(errors.map(each => each.message)).toEqual(['broken'])
    expect(ofServer.ends).toEqual([{ wasClean: false, reason: 'internal error' }])
    expect(ofClient.ends).toEqual([{ wasClean: false, reason: 'the peer has dropped the transport' }])
  })

  it('have the details that they are given', () => {
    const [client, server] = memoryTransports(new FakeClock(), { details: [{}, { headers: { cookie: 'a=1' } }] })
    expect(client.details).toEqual({ kind: 'memory', peer: '', isSecure: false, headers: {} })
    expect(server.details.headers).toEqual({ cookie: 'a=1' })
  })
})

function pair(options: MemoryTransportOptions = {}) {
  const clock = new FakeClock()
  const [client, server] = memoryTransports(clock, options)
  return { clock, client, server, ofClient: Recorder.of(client), ofServer: Recorder.of(server) }
}

function published(id: number): Message {
  return [MessageType.PUBLISHED, id, id]
}
