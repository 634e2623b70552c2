import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Channel } from '../../src/channels/channel.ts'
import type { Connection, Message, MessageStream } from '../../src/conversation/connection.ts'
import type { Inbox } from '../../src/conversation/inbox.ts'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { StreamIterator } from '../../src/conversation/stream-iterator.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { masked, quiet, type RawPeer } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { arrive, begin, inboxOf } from './arrivals.ts'
import { promised, raisesNothingUnhandled, served, watched } from './talk.ts'

raisesNothingUnhandled()

describe('Inbox, telling what is kept of a message', () => {
  it('keeps a message that is to be whole, and nothing of one that is streamed, or discarded', async () => {
    const inbox = inboxOf()
    expect(inbox.keeps).toBe('nothing')
    begin(inbox)
    expect(inbox.keeps).toBe('message')
    inbox.messageEnded()
    expect(inbox.keeps).toBe('nothing')
    const messages = new MessageIterator(inbox)
    await messages.next()
    const next = messages.next()
    begin(inbox)
    expect([inbox.keeps, inbox.willKeep]).toEqual(['message', 'message'])
    inbox.messageEnded()
    await next
    inbox.ignore()
    begin(inbox)
    expect([inbox.keeps, inbox.willKeep]).toEqual(['nothing', 'nothing'])
    inbox.messageEnded()
    inbox.stop()
    begin(inbox)
    expect([inbox.keeps, inbox.willKeep]).toEqual(['nothing', 'nothing'])
  })

  it('keeps nothing any more of a message that has begun, once a caller takes it as a stream, and expects the next one to be taken so', async () => {
    const inbox = inboxOf()
    begin(inbox)
    inbox.dataCame(Uint8Array.of(1))
    expect([inbox.keeps, inbox.willKeep]).toEqual(['message', 'message'])
    const next = new StreamIterator(inbox).next()
    expect([inbox.keeps, inbox.willKeep]).toEqual(['nothing', 'nothing'])
    await next
    inbox.dataCame(Uint8Array.of(2))
    expect(inbox.keeps).toBe('nothing')
    inbox.messageEnded()
    const whole = new MessageIterator(inbox).next()
    expect(inbox.willKeep).toBe('message')
    arrive(inbox, 'a')
    expect(await whole).toEqual({ done: false, value: 'a' })
  })
})

/** The table in the README of the folder, row by row: what becomes of a message that comes. */
const rules: Readonly<Record<string, () => Promise<void>>> = {
  'waits in `receive()` or in a loop over the connection': async () => {
    const { ws, peer } = await connected()
    const got = [ws.receive(), ws[Symbol.asyncIterator]().next(), ws.receive()]
    peer.write(text('a'), text('b'), text('c'))
    expect(await Promise.all(got)).toEqual(['a', { done: false, value: 'b' }, 'c'])
  },

  'waits in a loop over `streams()`': async () => {
    const { ws, peer } = await connected({ maxMessageFrames: 0 })
    const next = ws.streams()[Symbol.asyncIterator]().next()
    peer.write(masked(0x02, 'a'))
    const stream = yielded(await next)
    const read = contentOf(stream)
    for (let i = 0; i < 300; i++) peer.write(masked(0x00, new Uint8Array(65_000)))
    peer.write(masked(0x80, ''))
    expect((await read).length).toBe(300 * 65_000 + 1)
  },

  'waits for nothing': async () => {
    const { ws, peer, server } = await connected()
    for (let i = 0; i < 40; i++) peer.write(binary(100_000))
    await quiet()
    expect(server.trafficStats.incomingWebSocketMessages).toBeLessThan(25)
    expect(peer.stream.bufferedAmount).toBeGreaterThan(1_500_000)
    for (let i = 0; i < 40; i++) expect((await ws.receive()).length).toBe(100_000)
  },

  'waits for nothing, and a message above 1 MiB is arriving': async () => {
    for (const how of ['message', 'stream']) {
      const { ws, peer, server } = await connected()
      for (let i = 0; i < 60; i++) peer.write(masked(i === 0 ? 0x02 : 0x00, new Uint8Array(65_000)))
      peer.write(masked(0x80, ''))
      await quiet()
      const kept = server.trafficStats.incomingOctetsAppLevel
      expect(kept).toBeGreaterThan(1024 * 1024)
      expect(kept).toBeLessThan(40 * 65_000)
      const next = how === 'message' ? ws.receive() : contentOf(yielded(await ws.streams()[Symbol.asyncIterator]().next()))
      expect((await next).length).toBe(60 * 65_000)
    }
  },

  'has never received, and the connection is a member of a channel': async () => {
    const { ws, peer, server } = await connected()
    const channel = new Channel()
    void channel.join(ws)
    for (let i = 0; i < 16; i++) peer.write(text(`kept ${i}`))
    await quiet()
    const other = await connected()
    void channel.join(other.ws)
    for (let i = 0; i < 16; i++) expect(await ws.receive()).toBe(`kept ${i}`)
    for (let i = 0; i < 17; i++) other.peer.write(text('discarded'))
    for (let i = 0; i < 40; i++) other.peer.write(binary(100_000))
    other.peer.write(masked(0x89, 'still there?'))
    await other.peer.frame('pong still there?')
    const next = other.ws.receive()
    other.peer.write(text('next'))
    expect(await next).toBe('next')
    expect(server.isOpen).toBe(true)
  },

  'has never received, and has asked for `closed`': async () => {
    const { ws, peer } = await connected()
    void ws.closed
    for (let i = 0; i < 100; i++) peer.write(text(`kept ${i}`))
    await quiet()
    for (let i = 0; i < 100; i++) expect(await ws.receive()).toBe(`kept ${i}`)
    const other = await connected()
    void other.ws.closed
    for (let i = 0; i < 40; i++) other.peer.write(binary(100_000))
    other.peer.write(masked(0x89, 'still there?'))
    await other.peer.frame('pong still there?')
    const next = other.ws.receive()
    other.peer.write(text('next'))
    expect(await next).toBe('next')
  },

  'has called `ignoreMessages()`': async () => {
    const { ws, peer } = await connected()
    peer.write(text('waits'), masked(0x01, 'be'))
    await quiet()
    ws.ignoreMessages()
    const next = ws.receive()
    peer.write(masked(0x80, 'gun'), text('next'), text('more'))
    expect([await next, await ws.receive()]).toEqual(['next', 'more'])
    ws.ignoreMessages()
    peer.write(text('ignored'), masked(0x89, 'seen'))
    await peer.frame('pong seen')
    const last = ws.receive()
    peer.write(text('last'))
    expect(await last).toBe('last')
  },

  'has called `ignoreMessages()` while a call waits': async () => {
    const { ws, peer } = await connected()
    const loop = ws[Symbol.asyncIterator]()
    const next = loop.next()
    peer.write(masked(0x01, 'be'))
    await quiet()
    ws.ignoreMessages()
    peer.write(masked(0x80, 'gun'), text('next'), text('kept'))
    expect([await next, await loop.next()]).toEqual([
      { done: false, value: 'next' },
      { done: false, value: 'kept' },
    ])
  },

  'has called `close()`, or its handler has ended': async () => {
    for (const how of ['close', 'return']) {
      const { ws, peer, end } = await connected()
      const loop = ws[Symbol.asyncIterator]()
      const first = loop.next()
      peer.write(text('first'), text('waits'))
      expect(await first).toEqual({ done: false, value: 'first' })
      if (how === 'close') void ws.close()
      else end()
      await peer.frame('close 1000')
      const [next, receive] = [watched(loop.next()), watched(ws.receive())]
      peer.write(text('late'))
      await quiet()
      expect([next.state, receive.state]).toEqual(['pending', 'pending'])
      peer.write(masked(0x88, Uint8Array.of(3, 232)))
      peer.stream.end()
      await until(() => receive.state === 'rejected')
      expect(receive.error).toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
      expect(next.state).toBe('resolved')
    }
  },

  'has given a call up by `signal`, `timeout`, or `return()` of an iterator': async () => {
    const { ws, peer, clock } = await connected()
    const abort = new AbortController()
    const given = [ws.receive({ signal: abort.signal }), ws.receive({ timeout: 1 })]
    const loop = ws[Symbol.asyncIterator]()
    const step = loop.next()
    peer.write(masked(0x01, 'be'))
    await quiet()
    abort.abort(new Error('enough'))
    clock.advance(1000)
    await loop.return?.()
    await expect(given[0]).rejects.toThrow('enough')
    await expect(given[1]).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await step).toEqual({ done: true, value: undefined })
    peer.write(masked(0x80, 'gun'))
    await quiet()
    expect(await ws.receive()).toBe('begun')
  },

  'has raced a `receive()` against something that won': async () => {
    const { ws, peer } = await connected()
    expect(await Promise.race([ws.receive(), quiet()])).toBeUndefined()
    expect(await Promise.race([ws.receive(), quiet()])).toBeUndefined()
    const third = ws.receive()
    peer.write(text('one'), text('two'))
    expect([await third, await ws.receive()]).toEqual(['one', 'two'])
  },

  'reads a stream more slowly than it arrives': async () => {
    const { ws, peer, server } = await connected()
    const streams = ws.streams()[Symbol.asyncIterator]()
    const next = streams.next()
    for (let i = 0; i < 60; i++) peer.write(masked(i === 0 ? 0x02 : 0x00, new Uint8Array(65_000)))
    peer.write(masked(0x80, ''))
    const stream = yielded(await next)
    await quiet()
    expect(server.trafficStats.incomingOctetsAppLevel).toBeLessThan(40 * 65_000)
    expect((await contentOf(stream)).length).toBe(60 * 65_000)
  },

  'asks for the next message before a stream was read to its end': async () => {
    const { ws, peer } = await connected()
    const streams = ws.streams()[Symbol.asyncIterator]()
    peer.write(masked(0x02, 'a'))
    const first = yielded(await streams.next())
    const next = streams.next()
    peer.write(masked(0x80, 'rest'), text('next'))
    expect(Buffer.from(await contentOf(yielded(await next))).toString()).toBe('next')
    await expect(contentOf(first)).rejects.toMatchObject({ name: 'ApiMisuse' })
  },

  'asks after the connection has closed cleanly': async () => {
    const { ws, peer } = await connected()
    peer.write(text('a'), text('b'), masked(0x01, 'part'), masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    peer.stream.end()
    await ws.closed
    expect([await ws.receive(), await all(ws)]).toEqual(['a', ['b']])
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  },

  'asks after the connection was lost': async () => {
    const { ws, peer } = await connected()
    peer.write(text('a'), text('b'), masked(0x01, 'part'))
    await quiet()
    peer.stream.destroy(true)
    await ws.closed
    expect(await ws.receive()).toBe('a')
    const loop = ws[Symbol.asyncIterator]()
    expect(await loop.next()).toEqual({ done: false, value: 'b' })
    await expect(loop.next()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  },
}

describe('the rules of receiving: an application that', () => {
  for (const [rule, holds] of Object.entries(rules)) it(rule, holds)

  it('has each of them in the table of the README', () => {
    const readme = readFileSync(new URL('../../src/conversation/README.md', import.meta.url), 'utf8')
    const [, table] = readme.split('| the application |')
    const rows = [...table!.split('\n\n')[0]!.matchAll(/^\| ([^|]*) \|/gm)].map(([, rule]) => rule!.trim())
    expect(rows.filter(row => !/^-+$/.test(row))).toEqual(Object.keys(rules))
  })
})

describe('Inbox', () => {
  it('counts octets, and not letters', async () => {
    const inbox = inboxOf()
    const letters = '€'.repeat(100_000)
    for (let i = 0; i < 3; i++) expect(arrive(inbox, letters)).toBeUndefined()
    expect(arrive(inbox, letters)).toBeInstanceOf(Promise)
  })

  it('counts each message, so that many empty ones cannot pile up', () => {
    const inbox = inboxOf()
    let count = 0
    while (arrive(inbox, '') === undefined) count++
    expect(count).toBeLessThan(20_000)
  })

  it('goes on as soon as there is room', async () => {
    const inbox = inboxOf()
    arrive(inbox, new Uint8Array(1_000_000))
    const held = watched(arrive(inbox, new Uint8Array(100_000))!)
    inbox.next()
    await turn()
    expect(held.state).toBe('resolved')
  })

  it('goes on for a call that waits, however much has come of its message', async () => {
    const inbox = inboxOf()
    begin(inbox)
    const held = watched(inbox.dataCame(new Uint8Array(2_000_000))!)
    const next = new MessageIterator(inbox).next()
    await turn()
    expect(held.state).toBe('resolved')
    expect(inbox.dataCame(new Uint8Array(2_000_000))).toBeUndefined()
    inbox.messageEnded()
    expect(await next).toMatchObject({ value: { length: 4_000_000 } })
  })

  it('is not stopped by what waits in one stream while another one is being read', async () => {
    const inbox = inboxOf()
    const slow = new StreamIterator(inbox)
    const first = slow.next()
    begin(inbox)
    await first
    const held = watched(inbox.dataCame(new Uint8Array(2_000_000))!)
    const second = new StreamIterator(inbox).next()
    await turn()
    expect(held.state).toBe('pending')
    await slow.return()
    await turn()
    expect(held.state).toBe('resolved')
    inbox.messageEnded()
    arrive(inbox, Uint8Array.of(7))
    expect([...(await contentOf(yielded(await second)))]).toEqual([7])
  })

  it('checks the limits where a call wants the message whole, also when that comes later', () => {
    const failures: string[] = []
    const inbox = inboxOf({ maxMessagePayloadSize: 10, maxMessageFrames: 2 }, message => failures.push(message))
    begin(inbox, true, 11)
    expect(failures).toEqual([])
    void new MessageIterator(inbox).next()
    expect(failures).toEqual(['message of 11 octets is above the limit of 10'])
    inbox.messageEnded()
    begin(inbox, true, 1)
    inbox.frameBegan(0)
    expect(failures).toHaveLength(1)
    void new MessageIterator(inbox).next()
    inbox.frameBegan(0)
    expect(failures[1]).toBe('message of 3 frames is above the limit of 2')
  })

  it('keeps what members send again once they have left', () => {
    const inbox = inboxOf()
    inbox.joined()
    inbox.joined()
    for (let i = 0; i < 20; i++) arrive(inbox, 'discarded')
    inbox.left()
    arrive(inbox, 'discarded')
    inbox.left()
    arrive(inbox, 'kept')
    expect([inbox.next(), inbox.next()]).toEqual(['kept', undefined])
  })

  it('lets the reading go on when a connection from which nothing is received joins, or its end is asked for', async () => {
    for (const [message, listen] of [
      [new Uint8Array(2_000_000), (inbox: Inbox) => inbox.joined()],
      [new Uint8Array(2_000_000), (inbox: Inbox) => inbox.endAwaited()],
    ] as const) {
      const inbox = inboxOf()
      const held = watched(arrive(inbox, message)!)
      listen(inbox)
      await turn()
      expect(held.state).toBe('resolved')
      expect(inbox.next()).toBeUndefined()
    }
  })

  it('lets everything go at the end', async () => {
    const inbox = inboxOf()
    const held = watched(arrive(inbox, new Uint8Array(2_000_000))!)
    inbox.ended({ error: new ConnectionClosed(1006, 'gone'), isClean: false })
    await turn()
    expect(held.state).toBe('resolved')
  })
})

describe('however calls, messages, joining and leaving come together', () => {
  it('each message is given once, and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(moves)), { maxLength: 40 }), async names => {
        const play = new Play(await connected())
        for (const name of names) await moves[name]!(play)
        await play.finish()
        expect(play.given).toEqual(play.sent)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

/** One connection in the hands of the property: what was sent, and what was given in which order. */
class Play {
  readonly sent: string[] = []
  readonly given: string[] = []
  readonly ws: Connection
  readonly peer: RawPeer
  readonly channel = new Channel()
  readonly clock: { advance(milliseconds: number): void }
  readonly #waits = new Set<Promise<unknown>>()
  readonly iterators = new Set<AsyncIterator<Message>>()
  #isInMessage = false

  constructor({ ws, peer, clock }: Connected) {
    this.ws = ws
    this.peer = peer
    this.clock = clock
    // an application that has never received may have messages discarded
    ws.streams()
  }

  send(size: number): void {
    const message = `${this.sent.length} ${'x'.repeat(size)}`
    if (this.#isInMessage) this.endFragments()
    this.sent.push(message)
    this.peer.write(text(message))
  }

  /** The beginning of a message that has more than one frame. */
  beginFragments(): void {
    if (this.#isInMessage) return
    this.#isInMessage = true
    const begun = `${this.sent.length} begun`
    this.sent.push(`${begun} and ended`)
    this.peer.write(masked(0x01, begun))
  }

  endFragments(): void {
    if (!this.#isInMessage) return
    this.#isInMessage = false
    this.peer.write(masked(0x80, ' and ended'))
  }

  /** Notes what a call gives, in the order in which it is given. A stream has its place when it begins. */
  note<Given>(given: Promise<Given>, itemOf: (given: Given) => Message | MessageStream | void): void {
    const noted = given.then(
      async result => {
        const item = itemOf(result)
        if (item === undefined) return
        const place = this.given.push('') - 1
        this.given[place] = typeof item === 'string' ? item : Buffer.from(await contentOf(item as MessageStream)).toString()
      },
      () => undefined,
    )
    this.#waits.add(noted)
  }

  async finish(): Promise<void> {
    this.endFragments()
    await quiet()
    this.note(this.ws.receive(), message => message)
    this.peer.write(masked(0x88, Uint8Array.of(3, 232)))
    const rest = (async () => {
      for await (const message of this.ws) this.note(Promise.resolve(message), given => given)
    })()
    await this.peer.frame('close 1000')
    this.peer.stream.end()
    await rest
    await Promise.all(this.#waits)
  }
}

const moves: Readonly<Record<string, (play: Play) => Promise<void> | void>> = {
  'a message': play => play.send(5),
  'a message of some kB': play => play.send(3000),
  'more than may wait': play => {
    for (let i = 0; i < 20; i++) play.send(60_000)
  },
  'half a message': play => play.beginFragments(),
  'the other half': play => play.endFragments(),
  receive: play => play.note(play.ws.receive(), message => message),
  'receive with a timeout': play => play.note(play.ws.receive({ timeout: 1 }), message => message),
  'receive with a signal': play => {
    const abort = new AbortController()
    play.note(play.ws.receive({ signal: abort.signal }), message => message)
    queueMicrotask(() => abort.abort())
  },
  'time passes': play => play.clock.advance(1000),
  step: play => {
    const iterator = play.ws[Symbol.asyncIterator]()
    play.iterators.add(iterator)
    play.note(iterator.next(), ({ value }) => value)
  },
  'leave the loops': async play => {
    for (const iterator of play.iterators) await iterator.return?.()
  },
  'a stream': play => {
    const streams = play.ws.streams()[Symbol.asyncIterator]()
    play.note(streams.next(), ({ value }) => value)
  },
  join: play => void play.channel.join(play.ws),
  leave: play => play.channel.leave(play.ws),
  'ask for the end': play => void play.ws.closed,
  'a turn': () => turn(),
  'some turns': () => quiet(),
}

type Connected = Awaited<ReturnType<typeof connected>>

/** A server's connection in the hands of the test, whose handler goes on until `end` is called. */
async function connected(options: Parameters<typeof served>[1] = {}) {
  const begun = promised<Connection>()
  const life = promised()
  const { link, peer, server } = await served(ws => {
    begun.resolve(ws)
    return life.promise
  }, options)
  return { ws: await begun.promise, peer, server, clock: link.clock, end: () => life.resolve() }
}

function text(content: string): Uint8Array {
  return masked(0x81, content)
}

/** A message of two frames, because one of a test has at most 65,535 octets. */
function binary(size: number): Uint8Array {
  const half = Math.floor(size / 2)
  return Buffer.concat([masked(0x02, new Uint8Array(half)), masked(0x80, new Uint8Array(size - half))])
}

function yielded<T>(result: IteratorResult<T, unknown>): T {
  if (result.done === true) throw new Error('the iteration is over')
  return result.value
}

async function contentOf(stream: MessageStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function all(ws: Connection): Promise<unknown[]> {
  const messages: unknown[] = []
  for await (const message of ws) messages.push(message)
  return messages
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
