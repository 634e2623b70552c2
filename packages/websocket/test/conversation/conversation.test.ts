import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/conversation/connection.ts'
import type { Extension, ExtensionInstance } from '../../src/protocol/extending/extension.ts'
import { ApiMisuse, ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { masked, quiet } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { chunks, letters, promised, raisesNothingUnhandled, served, talk, watched } from './talk.ts'

raisesNothingUnhandled()

describe('receiving messages', () => {
  it('gives text as strings and binary as octets, in order', async () => {
    const { ws } = await talk(async server => {
      await server.send('häßlich')
      await server.send(Uint8Array.of(0, 255))
      await server.send('')
      await server.send(new Uint8Array(0))
      await server.receive()
    })
    expect([await ws.receive(), await ws.receive(), await ws.receive(), await ws.receive()]).toEqual([
      'häßlich',
      Uint8Array.of(0, 255),
      '',
      new Uint8Array(0),
    ])
    await ws.close()
  })

  it('keeps a byte order mark', async () => {
    const { ws } = await talk(server => server.send('\ufeffmarked'))
    expect(await ws.receive()).toBe('\ufeffmarked')
  })

  it('iterates until the peer closes, also over what came before somebody asked', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', 'b', 'c']) await server.send(text)
    })
    await ws.closed
    expect(await all(ws)).toEqual(['a', 'b', 'c'])
  })

  it('can be left and taken up again', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', 'b', 'c', 'd']) await server.send(text)
    })
    for await (const message of ws) {
      expect(message).toBe('a')
      break
    }
    expect(await ws.receive()).toBe('b')
    expect(await all(ws)).toEqual(['c', 'd'])
  })

  it('gathers fragments, also where control frames come between', async () => {
    const received: unknown[] = []
    const { peer } = await served(async ws => void received.push(await ws.receive()))
    peer.write(masked(0x01, 'hel'), masked(0x89, ''), masked(0x80, 'lo'))
    await peer.frame('close 1000')
    expect(received).toEqual(['hello'])
  })

  it('rejects with ConnectionClosed when the peer closes', async () => {
    const { ws } = await talk(() => undefined)
    await expect(ws.receive()).rejects.toMatchObject({
      name: 'ConnectionClosed',
      closeCode: 1000,
      message: 'connection closed with 1000: the handler returned at once, without a promise',
    })
    await expect(ws.receive()).rejects.toBeInstanceOf(ConnectionClosed)
  })

  it('names the reason that the peer gave', async () => {
    const { ws } = await talk(async server => void (await server.close(4000, 'go away')))
    await expect(ws.receive()).rejects.toMatchObject({ closeCode: 4000, message: 'connection closed with 4000: go away' })
  })

  it('throws in the iteration when the connection is lost', async () => {
    const { ws, server } = await talk(other => other.receive())
    const iterated = all(ws)
    server.dropConnection({ abort: true })
    await expect(iterated).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('raises nothing where nobody waits for what is rejected', async () => {
    const { ws, server } = await talk(other => other.receive())
    void ws.receive()
    void ws.ping()
    void ws.send(never())
    server.dropConnection({ abort: true })
    await ws.closed
    void ws.send('late')
    void ws.ping()
    void ws.receive()
  })

  it('stops a peer that sends more than is taken, and lets it go on', async () => {
    const go = promised()
    let taken = 0
    const { peer, server } = await served(async ws => {
      await go.promise
      for await (const _ of ws) taken++
    })
    for (let i = 0; i < 100; i++) peer.write(masked(0x82, new Uint8Array(65_000)))
    await quiet()
    expect(server.trafficStats.incomingWebSocketMessages).toBeLessThan(40)
    expect(peer.stream.bufferedAmount).toBeGreaterThan(60 * 65_000)
    go.resolve()
    await until(() => taken === 100)
  })

  it('counts octets too: a few large messages stop the peer as many small ones do', async () => {
    const { peer, server } = await served(() => new Promise(() => undefined))
    for (let i = 0; i < 40; i++)
      peer.write(masked(0x02, new Uint8Array(65_000)), ...Array(9).fill(masked(0x00, new Uint8Array(65_000))), masked(0x80, ''))
    await quiet()
    expect(server.trafficStats.incomingWebSocketMessages).toBeLessThanOrEqual(3)
  })

  it('is told of its close while it is stopped, once it closes itself', async () => {
    const go = promised()
    const { peer } = await served(async ws => {
      await go.promise
      await ws.close()
    })
    for (let i = 0; i < 30; i++) peer.write(masked(0x82, new Uint8Array(65_000)))
    peer.write(masked(0x88, Uint8Array.of(3, 232)))
    await quiet()
    expect(peer.stream.bufferedAmount).toBeGreaterThan(0)
    go.resolve()
    await peer.frame('close 1000')
    await until(() => peer.isClosed || peer.hasEnded)
  })
})

describe('a connection whose messages nobody takes', () => {
  it('is told of its close, and none of the messages is lost', async () => {
    for (const size of [1, 65_000]) {
      const go = promised()
      const taken: unknown[] = []
      const { peer } = await served(async ws => {
        await go.promise
        for await (const message of ws) taken.push(message)
      })
      for (let i = 0; i < 17; i++) peer.write(masked(0x81, 'x'.repeat(size)))
      peer.write(masked(0x88, Uint8Array.of(3, 232)))
      await peer.frame('close 1000')
      await until(() => peer.isClosed || peer.hasEnded)
      go.resolve()
      await until(() => taken.length === 17)
    }
  })

  it('is told of its close, and none of the messages is lost, also where receiving is paused', async () => {
    const taken: unknown[] = []
    const { peer } = await served(async ws => {
      ws.protocol.pauseReceiving()
      for await (const message of ws) taken.push(message)
    })
    await quiet()
    peer.write(masked(0x81, 'a'), masked(0x81, 'b'))
    await quiet()
    expect(taken).toEqual([])
    peer.write(masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    peer.stream.end()
    await until(() => taken.length === 2)
  })

  it('refuses arguments of methods that take none', async () => {
    const { ws } = await talk(other => other.closed.then(() => undefined))
    const given = ws as unknown as Record<'ping' | 'texts' | 'streams', (given: unknown) => unknown>
    await expect(given.ping('payload')).rejects.toMatchObject({
      name: 'ApiMisuse',
      message: expect.stringContaining('ping() takes no payload') as string,
    })
    expect(() => given.texts({ onRefused: 1 })).toThrow(new ApiMisuse('texts() takes nothing, and not [object Object]'))
    expect(() => given.streams(5)).toThrow(new ApiMisuse('streams() takes nothing, and not 5'))
  })

  it('answers pings, and settles a ping of its own', async () => {
    const pinged = promised<number>()
    const { peer } = await served(async ws => {
      await ws.receive()
      ws.ping().then(pinged.resolve)
      await ws.closed
    })
    for (let i = 0; i < 100; i++) peer.write(masked(0x81, 'x'))
    peer.write(masked(0x89, 'now'))
    await until(() => peer.frames.length === 2)
    const [ping = ''] = peer.frames.filter(shown => shown.startsWith('ping '))
    expect(peer.frames).toContain('pong now')
    peer.write(masked(0x8a, ping.slice('ping '.length)))
    expect(await pinged.promise).toBeGreaterThanOrEqual(0)
  })
})

describe('giving a receive() up', () => {
  it('rejects at once where the signal was aborted before, and takes no message', async () => {
    const { ws } = await talk(server => server.send('kept'))
    await ws.closed
    await expect(ws.receive({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(await ws.receive()).toBe('kept')
  })

  it('takes a message that is there, whatever the timeout is', async () => {
    const { ws } = await talk(server => server.send('there'))
    await ws.closed
    expect(await ws.receive({ timeout: 0.001 })).toBe('there')
  })

  it('gives messages in order to calls that wait at once', async () => {
    const { ws } = await talk(async server => {
      await server.receive()
      for (const text of ['a', 'b', 'c']) await server.send(text)
    })
    const received = Promise.all([ws.receive(), ws.receive(), ws.receive()])
    await ws.send('go')
    expect(await received).toEqual(['a', 'b', 'c'])
  })

  it('rejects as misuse: options that there are not', async () => {
    const { ws } = await talk(server => server.send('kept'))
    await expect(ws.receive({ timeOut: 5 } as object)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(await ws.receive()).toBe('kept')
  })
})

describe('limits', () => {
  for (const [what, options, message] of [
    ['octets on the wire', { maxMessagePayloadSize: 10 }, masked(0x82, 'eleven octe')],
    ['octets of all fragments', { maxMessagePayloadSize: 10 }, Buffer.concat([masked(0x02, 'sixsix'), masked(0x80, 'fivef')])],
    ['frames', { maxMessageFrames: 2 }, Buffer.concat([masked(0x02, 'a'), masked(0x00, 'b'), masked(0x80, 'c')])],
  ] as const) {
    it(`closes with 1009 on a message above that of ${what}`, async () => {
      const { peer, server, errors } = await served(ws => ws.receive(), options)
      peer.write(message)
      await until(() => peer.frames.some(frame => frame.startsWith('close 1009')))
      peer.stream.end()
      expect(await server.closed).toMatchObject({ wasClean: false, by: 'self' })
      expect(errors).toEqual([])
    })
  }

  it('takes what is just within them', async () => {
    const { peer } = await served(async ws => ws.send(await ws.receive()), { maxMessagePayloadSize: 10, maxMessageFrames: 2 })
    peer.write(masked(0x01, 'sixsix'), masked(0x80, 'four'))
    await peer.frame('text sixsixfour')
  })

  it('hold for what is collected on defaults, and not for streams', async () => {
    const counted = promised<number>()
    const { ws } = await talk(async server => {
      let count = 0
      for await (const stream of server.streams()) for await (const octets of stream) count += octets.length
      counted.resolve(count)
    })
    await ws.send(chunks(20, 1024 * 1024))
    await ws.close()
    expect(await counted.promise).toBe(20 * 1024 * 1024)
    const collected = await talk(server => server.receive())
    await expect(collected.ws.send(chunks(20, 1024 * 1024))).rejects.toBeInstanceOf(ConnectionClosed)
    expect(collected.server.closeInfo).toMatchObject({ localCloseCode: 1009 })
  })

  it('hold for streams where they were set', async () => {
    const { peer } = await served(
      async ws => {
        for await (const stream of ws.streams()) for await (const _ of stream);
      },
      { maxFramePayloadSize: 100 },
    )
    peer.write(masked(0x82, new Uint8Array(101)))
    await until(() => peer.frames.some(frame => frame.startsWith('close 1009')))
  })

  it('hold for what an extension makes of a message', async () => {
    const { ws, server } = await talk(other => other.receive(), {
      server: { maxMessagePayloadSize: 100, extensions: [repeating] },
      client: { extensions: [repeating] },
    })
    await ws.send('four'.repeat(10))
    await ws.closed
    expect(server.closeInfo).toMatchObject({ localCloseCode: 1009 })
  })

  it('take messages that are ignored as long as they are', async () => {
    const { peer, server } = await served(
      ws => {
        ws.ignoreMessages()
        return ws.closed
      },
      { maxMessageFrames: 0 },
    )
    for (let i = 0; i < 300; i++) peer.write(masked(i === 0 ? 0x02 : 0x00, new Uint8Array(65_000)))
    peer.write(masked(0x80, ''), masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    expect(server.trafficStats.incomingOctetsAppLevel).toBe(300 * 65_000)
  })
})

describe('receiving streams', () => {
  it('gives each message as it arrives, text or binary', async () => {
    const seen: string[] = []
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        seen.push(stream.isBinary ? 'binary' : 'text')
        for await (const octets of stream) seen.push(Buffer.from(octets).toString())
        seen.push('end')
      }
    })
    peer.write(masked(0x01, 'hel'))
    await until(() => seen.includes('hel'))
    expect(seen).toEqual(['text', 'hel'])
    peer.write(masked(0x80, 'lo'), masked(0x82, 'x'), masked(0x82, ''), masked(0x88, ''))
    await until(() => peer.frames.length > 0)
    await quiet()
    expect(seen).toEqual(['text', 'hel', 'lo', 'end', 'binary', 'x', 'end', 'binary', 'end'])
  })

  it('survives many empty messages before one that is taken slowly', async () => {
    let count = 0
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        for await (const _ of stream);
        if (++count % 10 === 0) await quiet()
      }
    })
    peer.write(...Array(100).fill(masked(0x82, '')))
    await until(() => count === 100)
  })

  it('stops a peer that is read slowly: little waits in memory', async () => {
    const { promise, resolve } = promised()
    let count = 0
    const { peer, server } = await served(async ws => {
      for await (const stream of ws.streams()) {
        for await (const octets of stream) {
          count += octets.length
          await promise
        }
      }
    })
    for (let i = 0; i < 100; i++) peer.write(masked(i === 0 ? 0x02 : 0x00, new Uint8Array(65_000)))
    await quiet()
    expect(server.trafficStats.incomingOctetsAppLevel).toBeLessThan(40 * 65_000)
    expect(peer.stream.bufferedAmount).toBeGreaterThan(60 * 65_000)
    resolve()
    await until(() => count === 100 * 65_000)
  })

  it('stops a peer whose messages are not asked for after streams() was called', async () => {
    const { peer, server } = await served(async ws => {
      ws.streams()
      await ws.closed
    })
    for (let i = 0; i < 100; i++) peer.write(masked(0x82, new Uint8Array(65_000)))
    await quiet()
    expect(server.trafficStats.incomingWebSocketMessages).toBeLessThan(40)
    expect(peer.stream.bufferedAmount).toBeGreaterThan(60 * 65_000)
  })

  it('skips what is left of a stream when the next is asked for', async () => {
    const firsts: string[] = []
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        for await (const octets of stream) {
          firsts.push(Buffer.from(octets).toString())
          break
        }
      }
    })
    peer.write(masked(0x02, 'a'), masked(0x00, 'b'), masked(0x80, 'c'), masked(0x82, 'd'), masked(0x88, ''))
    await peer.frame('close')
    await until(() => firsts.length === 2)
    expect(firsts).toEqual(['a', 'd'])
  })

  it('skips streams that are never read', async () => {
    let count = 0
    const { peer } = await served(async ws => {
      for await (const _ of ws.streams()) count++
    })
    peer.write(masked(0x02, 'a'), masked(0x80, 'b'), masked(0x82, 'c'), masked(0x88, ''))
    await peer.frame('close')
    await until(() => count === 2)
  })

  it('rejects in the middle of a message when the connection is lost', async () => {
    const outcome = promised<unknown>()
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        try {
          for await (const _ of stream);
        } catch (error) {
          outcome.resolve(error)
        }
      }
    })
    peer.write(masked(0x02, 'a'))
    await quiet()
    peer.stream.destroy(true)
    expect(await outcome.promise).toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('rejects in the middle of a message also when the peer closes in good order', async () => {
    const outcome = promised<unknown>()
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        try {
          for await (const _ of stream);
        } catch (error) {
          outcome.resolve(error)
        }
      }
    })
    peer.write(masked(0x02, 'a'), masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    peer.stream.end()
    expect(await outcome.promise).toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })

  it('lets a connection end while a message waits to be taken', async () => {
    const { peer, server, errors } = await served(async ws => {
      ws.streams()
      await ws.closed
    })
    peer.write(masked(0x82, 'nobody takes this'))
    await quiet()
    peer.stream.destroy(true)
    server.dropConnection()
    await server.closed
    expect(errors).toEqual([])
  })
})

describe('changing between messages, streams and ignoring', () => {
  it('gives messages that came before as streams', async () => {
    const seen: string[] = []
    const go = promised()
    const { peer } = await served(async ws => {
      await go.promise
      for await (const stream of ws.streams()) {
        const pieces: Uint8Array[] = []
        for await (const octets of stream) pieces.push(octets)
        seen.push(`${stream.isBinary ? 'binary' : 'text'} ${Buffer.concat(pieces)}`)
      }
    })
    for (let i = 0; i < 40; i++) peer.write(masked(i % 2 === 0 ? 0x81 : 0x82, i === 3 ? '' : String(i)))
    await quiet()
    go.resolve()
    await until(() => seen.length === 40)
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? 'text' : 'binary'} ${i === 3 ? '' : i}`))
  })

  it('gives a message that has begun before as a stream, which begins with what has come', async () => {
    const go = promised()
    const seen: string[] = []
    const { peer } = await served(async ws => {
      await go.promise
      for await (const stream of ws.streams()) for await (const octets of stream) seen.push(Buffer.from(octets).toString())
    })
    peer.write(masked(0x01, 'hel'))
    await quiet()
    go.resolve()
    await quiet()
    peer.write(masked(0x80, 'lo'))
    await until(() => seen.length > 1)
    expect(seen).toEqual(['hel', 'lo'])
  })

  it('gives a stream that nobody has taken as a message', async () => {
    const go = promised()
    const { peer } = await served(async ws => {
      ws.streams()
      await go.promise
      for await (const message of ws) await ws.send(`got ${message}`)
    })
    peer.write(masked(0x01, 'hel'), masked(0x80, 'lo'), masked(0x81, 'again'))
    await quiet()
    go.resolve()
    await peer.frame('text got again')
    expect(peer.frames).toEqual(['text got hello', 'text got again'])
  })

  it('gives messages again to a receiver after streams, and streams again after messages', async () => {
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        for await (const octets of stream) await ws.send(`stream ${Buffer.from(octets)}`)
        await ws.send(`message ${await ws.receive()}`)
      }
    })
    for (const text of ['a', 'b', 'c', 'd']) peer.write(masked(0x81, text))
    await peer.frame('text message d')
    expect(peer.frames).toEqual(['text stream a', 'text message b', 'text stream c', 'text message d'])
  })

  it('throws away what it ignores, with what waited, until something is received again', async () => {
    const go = promised()
    const { peer, server } = await served(async ws => {
      await go.promise
      ws.ignoreMessages()
      await ws.send('ignoring')
      await until(() => ws.protocol.trafficStats.incomingWebSocketMessages === 103)
      await quiet()
      await ws.send(`got ${await ws.receive()}`)
    })
    for (let i = 0; i < 30; i++) peer.write(masked(0x81, 'before'))
    await quiet()
    go.resolve()
    await peer.frame('text ignoring')
    for (let i = 0; i < 73; i++) peer.write(masked(0x81, 'meanwhile'))
    await until(() => server.trafficStats.incomingWebSocketMessages === 103)
    await quiet()
    peer.write(masked(0x81, 'this'))
    await peer.frame('text got this')
  })

  it('ignores the whole of a message, and never gives a part of it', async () => {
    const go = promised()
    const { peer } = await served(async ws => {
      ws.ignoreMessages()
      await go.promise
      for await (const message of ws) await ws.send(`got ${message}`)
    })
    peer.write(masked(0x01, 'igno'))
    await quiet()
    go.resolve()
    await quiet()
    peer.write(masked(0x80, 'red'), masked(0x81, 'this'))
    await peer.frame('text got this')
    expect(peer.frames).toEqual(['text got this'])
  })

  it('ignores the rest of a message that was being collected', async () => {
    const { peer } = await served(async ws => {
      await until(() => ws.protocol.trafficStats.incomingOctetsAppLevel > 0)
      ws.ignoreMessages()
      await ws.send(`got ${await ws.receive()}`)
    })
    peer.write(masked(0x01, 'igno'))
    await quiet()
    peer.write(masked(0x80, 'red'), masked(0x81, 'this'))
    await peer.frame('text got this')
  })

  it('tells the reader of a stream that is ignored, or of a connection that is closed, that it has not all of it', async () => {
    for (const [how, name] of [
      ['ignoreMessages', 'ApiMisuse'],
      ['close', 'ConnectionClosed'],
    ] as const) {
      const outcome = promised<unknown>()
      const { peer } = await served(async ws => {
        for await (const stream of ws.streams()) {
          const read = (async () => {
            for await (const _ of stream);
          })()
          await quiet()
          void ws[how]()
          outcome.resolve(await read.catch(error => error))
          return
        }
      })
      peer.write(masked(0x02, 'a part'))
      expect(await outcome.promise).toMatchObject({ name })
    }
  })

  it('ignores streams that wait or are being read', async () => {
    const { peer } = await served(async ws => {
      const streams = ws.streams()[Symbol.asyncIterator]()
      await quiet()
      ws.ignoreMessages()
      await ws.send('ignoring')
      const { value } = await streams.next()
      for await (const octets of value!) await ws.send(`read ${Buffer.from(octets)}`)
    })
    peer.write(masked(0x02, 'a'), masked(0x80, 'b'))
    await peer.frame('text ignoring')
    await quiet()
    peer.write(masked(0x82, 'c'))
    await peer.frame('text read c')
  })
})

describe('isWritable', () => {
  it('is not writable while a stream is being sent', async () => {
    const more = promised()
    const { ws } = await talk(server => server.closed)
    expect(ws.isWritable).toBe(true)
    const sent = ws.send(letters('slow', more.promise))
    expect(ws.isWritable).toBe(false)
    more.resolve()
    await sent
    await quiet()
    expect(ws.isWritable).toBe(true)
  })
})

describe('ping', () => {
  it('gives the round-trip time in milliseconds, by the clock of the runtime', async () => {
    const pinged = promised<number>()
    const { link, peer } = await served(async ws => pinged.resolve(await ws.ping()))
    await until(() => peer.frames.length === 1)
    link.clock.advance(250)
    peer.write(masked(0x8a, peer.frames[0]!.slice('ping '.length)))
    expect(await pinged.promise).toBe(250)
  })

  it('has 16 octets of the randomness of the runtime for its payload, in base64', async () => {
    const payloads = await Promise.all(
      [1, 2].map(async () => {
        const { peer } = await served(ws => ws.ping())
        await until(() => peer.frames.length === 1)
        return peer.frames[0]
      }),
    )
    expect(payloads[0]).toMatch(/^ping [A-Za-z0-9+/]{22}==$/)
    expect(payloads[1]).toBe(payloads[0])
  })

  it('ignores pongs that answer nothing, also such as are not valid UTF-8', async () => {
    const pinged = promised<number>()
    const { peer } = await served(async ws => pinged.resolve(await ws.ping()))
    await until(() => peer.frames.length === 1)
    peer.write(masked(0x8a, 'another'), masked(0x8a, Uint8Array.of(0xff, 0xfe)))
    await quiet()
    expect(watched(pinged.promise).state).toBe('pending')
    peer.write(masked(0x8a, peer.frames[0]!.slice('ping '.length)))
    expect(await pinged.promise).toBeGreaterThanOrEqual(0)
  })

  it('takes the answer to the latest for the earlier ones too, RFC 6455 §5.5.3', async () => {
    const pings: ReturnType<typeof watched>[] = []
    const { peer } = await served(async ws => {
      for (let i = 0; i < 3; i++) pings.push(watched(ws.ping()))
      await ws.closed
    })
    await until(() => peer.frames.length === 3)
    peer.write(masked(0x8a, peer.frames[1]!.slice('ping '.length)))
    await until(() => pings[1]!.state === 'resolved')
    expect(pings.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'pending'])
    peer.stream.destroy(true)
    await until(() => pings[2]!.state === 'rejected')
    expect(pings[2]!.error).toBeInstanceOf(ConnectionClosed)
  })

  for (const unsentPolicy of ['throw', 'skip'] as const) {
    it(`rejects at once where it was not sent: above maxUnsentSize, policy ${unsentPolicy}`, async () => {
      const begun = promised<Connection>()
      const { peer } = await served(
        ws => {
          begun.resolve(ws)
          return ws.closed
        },
        { maxUnsentSize: 100_000, unsentPolicy },
      )
      const ws = await begun.promise
      peer.stream.pause()
      ws.protocol.sendMessage(new Uint8Array(200_000))
      await quiet()
      await expect(ws.ping()).rejects.toMatchObject({ name: 'UnsentLimitExceeded' })
      expect(ws.protocol.isOpen).toBe(true)
      peer.stream.resume()
      await until(() => ws.protocol.bufferedAmount === 0)
      expect(peer.frames.filter(frame => frame.startsWith('ping'))).toEqual([])
    })
  }

  it('rejects once the connection is closing or closed', async () => {
    const { ws } = await talk(other => other.receive())
    const closed = ws.close()
    await expect(ws.ping()).rejects.toMatchObject({ name: 'ConnectionClosed' })
    await closed
    await expect(ws.ping()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })
})

describe('close', () => {
  for (const [what, code, reason] of [
    ['a code that may not be sent', 1005, ''],
    ['a symbol', Symbol('code') as unknown as number, ''],
    ['a code that is not a number', 'x' as unknown as number, ''],
    ['a reason that is too long', 1000, 'x'.repeat(124)],
    ['a reason that is not a string', 1000, 5 as unknown as string],
  ] as const) {
    it(`rejects as misuse, and goes on: ${what}`, async () => {
      const { ws } = await talk(async server => {
        await server.send('still open')
        await server.receive()
      })
      await expect(ws.close(code, reason)).rejects.toMatchObject({ name: 'ApiMisuse' })
      expect(await ws.receive()).toBe('still open')
      expect(ws.protocol.isOpen).toBe(true)
    })
  }

  it('closes with 1000 on its own, and tells how it ended', async () => {
    const { ws, server } = await talk(other => other.receive())
    expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true, by: 'self' })
    expect(await server.closed).toMatchObject({ code: 1000, wasClean: true, by: 'peer' })
  })

  it('gives code and reason to the peer', async () => {
    const { ws, server } = await talk(other => other.receive())
    await ws.close(4001, 'enough')
    expect(await server.closed).toMatchObject({ code: 4001, reason: 'enough' })
  })

  it('may be called again', async () => {
    const { ws } = await talk(other => other.receive())
    expect(await Promise.all([ws.close(), ws.close()])).toHaveLength(2)
    expect(await ws.close()).toBe(await ws.closed)
  })

  it('reads on to the answer, past whatever is still coming', async () => {
    const { ws } = await talk(async other => {
      for (let i = 0; i < 100; i++) await other.send('x'.repeat(1000))
      await other.receive()
    })
    const streams = ws.streams()
    expect(streams).toBeDefined()
    await quiet()
    expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true })
  })
})

/** Writes every octet ten times, on the receiving side. */
const repeating: Extension = {
  name: 'x-repeating',
  offer: () => [new Map()],
  accept: () => ({ parameters: new Map(), instance: repeats }),
  confirm: () => repeats,
}

const repeats: ExtensionInstance = {
  reservedBits: 4,
  opcodes: [],
  encoder: () => ({ reserved: 4, write: (octets, emit) => emit(Uint8Array.from(octets)), end: () => undefined }),
  decoder: () => ({ reserved: 4, write: (octets, emit) => emit(Buffer.concat(Array(10).fill(octets))), end: () => undefined }),
  close: () => undefined,
}

async function all(ws: Connection): Promise<unknown[]> {
  const messages: unknown[] = []
  for await (const message of ws) messages.push(message)
  return messages
}

async function* never(): AsyncGenerator<Uint8Array> {
  await new Promise(() => undefined)
}

describe('terminate()', () => {
  it('drops the connection at once: the peer gets no close frame, and waiting calls reject', async () => {
    const begun = promised<Connection>()
    const { peer } = await served(ws => {
      begun.resolve(ws)
      return ws.closed
    })
    const ws = await begun.promise
    const waiting = ws.receive()
    ws.terminate()
    await expect(waiting).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    await until(() => peer.isClosed)
    expect(peer.frames).toEqual([])
    expect(await ws.closed).toMatchObject({ code: 1006, by: 'self', wasClean: false })
    ws.terminate()
  })

  it('discards what was not sent, also to a peer that does not read', async () => {
    const { ws, link, server } = await talk(other => other.closed, { pair: { capacity: 10 } } as never)
    void link
    const sent = ws.send(new Uint8Array(1_000_000))
    ws.terminate()
    await expect(sent).rejects.toMatchObject({ name: 'ConnectionClosed' })
    expect(await server.closed).toMatchObject({ code: 1006 })
  })

  it('discards the messages that wait', async () => {
    const { ws } = await talk(async server => {
      await server.send('one')
      await server.closed
    })
    await quiet()
    ws.terminate()
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })
})

describe('await using', () => {
  it('closes with 1000 at the end of the block, and waits for the end', async () => {
    const { ws, server } = await talk(other => other.closed)
    await ws[Symbol.asyncDispose]()
    expect(server.closeInfo).toMatchObject({ code: 1000, by: 'peer' })
    await ws[Symbol.asyncDispose]()
  })
})
