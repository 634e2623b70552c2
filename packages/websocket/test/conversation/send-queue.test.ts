import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/conversation/connection.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { quiet } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { chunks, letters, promised, raisesNothingUnhandled, served, talk, watched } from './talk.ts'

raisesNothingUnhandled()

describe('SendQueue', () => {
  it('keeps the order of calls, with streams among them', async () => {
    const { ws } = await talk(async server => {
      for await (const message of server) await server.send(typeof message === 'string' ? message : Buffer.from(message).toString())
    })
    const sent = [
      ws.send('one'),
      ws.send(letters('two')),
      ws.send('three'),
      ws.send([Uint8Array.from(Buffer.from('fo')), Uint8Array.from(Buffer.from('ur'))]),
      ws.send('five'),
    ]
    await Promise.all(sent)
    await ws.send('six')
    const received: unknown[] = []
    while (received.length < 6) received.push(await ws.receive())
    expect(received).toEqual(['one', 'two', 'three', 'four', 'five', 'six'])
  })

  it('refuses arrays of other numbers and goes on, and does not send their numbers as pieces', async () => {
    const { peer } = await served(async ws => {
      for (const wrong of [new Int16Array(2), new Uint8ClampedArray(2), new DataView(new ArrayBuffer(2)), new ArrayBuffer(2)])
        await ws.send(wrong as unknown as Uint8Array).catch(error => ws.send(String(error.message)))
    })
    await peer.frame('close 1000')
    expect(peer.frames).toHaveLength(5)
  })

  it('says what is wrong with a stream of text, and goes on', async () => {
    const { ws } = await talk(server => server.closed)
    const wrong = 'a piece of a stream must be a Uint8Array, and not a string'
    await expect(ws.send(['a', 'b'] as unknown as Uint8Array[])).rejects.toThrow(wrong)
    await expect(ws.send([1, 2] as unknown as Uint8Array[])).rejects.toThrow('a payload must be a Uint8Array, and not number')
    async function* text(): AsyncGenerator<unknown> {
      yield 'a'
    }
    await expect(ws.send(text() as AsyncGenerator<Uint8Array>)).rejects.toThrow(wrong)
    expect(ws.protocol.isOpen).toBe(true)
  })

  it('lets a source go that has given something else than octets', async () => {
    let wasLetGo = false
    const { ws } = await talk(server => server.closed)
    function* text(): Generator<unknown> {
      try {
        yield 'a'
      } finally {
        wasLetGo = true
      }
    }
    await expect(ws.send(text() as Generator<Uint8Array>)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(wasLetGo).toBe(true)
  })

  it('fails the connection where a source gives something else in the middle of its message', async () => {
    const { ws } = await talk(server => server.closed)
    function* mixed(): Generator<unknown> {
      yield Uint8Array.of(1)
      yield 'a'
    }
    await expect(ws.send(mixed() as Generator<Uint8Array>)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(await ws.closed).toMatchObject({ localCloseCode: 1011, cause: { name: 'ApiMisuse' } })
  })

  it('goes on where a source throws before its first piece, and sends nothing of it', async () => {
    const { ws } = await talk(async server => server.send(`got ${await server.receive()}`))
    const failing = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no such file')) }) }
    await expect(ws.send(failing)).rejects.toThrow('no such file')
    await ws.send('next')
    expect(await ws.receive()).toBe('got next')
  })

  it('begins a message of a source with its first piece, so that control frames and closing do not wait for it', async () => {
    const { ws, peer } = await waiting()
    const sent = watched(ws.send(letters('never', new Promise(() => undefined))))
    await quiet()
    expect(peer.frames).toEqual([])
    void ws.close()
    await peer.frame('close 1000')
    peer.stream.destroy(true)
    await until(() => sent.state === 'rejected')
    expect(sent.error).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('takes a list as it is when it is called', async () => {
    const { ws } = await talk(async server => server.send(await server.receive()))
    const first = ws.send(letters('first'))
    const list = [Uint8Array.of(1), Uint8Array.of(2)]
    const second = ws.send(list)
    list.length = 0
    await Promise.all([first, second])
    expect(await ws.receive()).toHaveLength(5)
  })

  it('refuses a wrong message at once, also behind one that is being sent', async () => {
    const { ws } = await talk(server => server.closed)
    void ws.send(letters('never', new Promise(() => undefined)))
    await expect(ws.send({} as unknown as string)).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('takes from a source whatever it throws', async () => {
    const { ws } = await talk(server => server.closed)
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1)
      throw 'enough'
    }
    await expect(ws.send(source())).rejects.toBe('enough')
    expect((await ws.closed).cause).toEqual(new Error('enough'))
  })

  it('sends each piece as it comes, and an empty frame at the end', async () => {
    const more = promised()
    const { peer } = await served(ws => ws.send(pieces()))
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1, 2)
      await more.promise
      yield Uint8Array.of(3)
    }
    await peer.frame('binary... 2')
    expect(peer.frames).toEqual(['binary... 2'])
    more.resolve()
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['binary... 2', 'continuation... 1', 'continuation 0', 'close 1000'])
  })

  it('waits until there is room for more', async () => {
    const go = promised()
    let sent = 0
    const { peer } = await served(async ws => {
      await go.promise
      for (const size of [40_000, 40_000, 40_000]) {
        await ws.send(new Uint8Array(size))
        sent++
      }
      await ws.send(chunks(2, 70_000))
      sent++
    })
    peer.stream.pause()
    go.resolve()
    await until(() => sent === 1)
    await quiet()
    expect(sent).toBe(1)
    peer.stream.resume()
    await until(() => sent === 4)
  })

  it('waits for room also where only the end of a message was too much', async () => {
    const begun = promised<Connection>()
    const { peer } = await served(ws => {
      begun.resolve(ws)
      return ws.closed
    })
    const ws = await begun.promise
    peer.stream.pause()
    // With its header of 4 octets just the high-water mark; the empty frame at the end goes above it.
    const sent = watched(ws.send(chunks(1, 65_532)))
    await quiet()
    expect(sent.state).toBe('pending')
    peer.stream.resume()
    await until(() => sent.state === 'resolved')
  })

  it('does not let a message through while it waits', async () => {
    const { peer, states } = await choked()
    await quiet()
    expect(states.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
    peer.stream.resume()
    await until(() => states.every(({ state }) => state === 'resolved'))
  })

  it('rejects everything that waits when the connection is lost', async () => {
    const { peer, states, server } = await choked()
    await quiet()
    server.dropConnection({ abort: true })
    await server.closed
    await quiet()
    expect(states.map(({ error }) => (error as Error).name)).toEqual(['ConnectionClosed', 'ConnectionClosed', 'ConnectionClosed'])
    expect(peer.isClosed).toBe(true)
  })

  it('rejects when the connection is lost while a source has nothing to say, and lets the source go', async () => {
    let wasLetGo = false
    const { ws, server } = await talk(other => other.receive())
    const source = {
      next: () => new Promise<IteratorResult<Uint8Array>>(() => undefined),
      return: () => {
        wasLetGo = true
        return Promise.reject(new Error('stuck'))
      },
    }
    const sent = watched(ws.send({ [Symbol.asyncIterator]: () => source }))
    await quiet()
    expect(sent.state).toBe('pending')
    server.dropConnection({ abort: true })
    await ws.closed
    await quiet()
    expect(sent.error).toBeInstanceOf(ConnectionClosed)
    expect(wasLetGo).toBe(true)
  })

  it('does not mind a source that throws when it is let go, or cannot be', async () => {
    for (const end of [{ return: throwing }, {}]) {
      const { ws } = await talk(server => server.receive())
      const source = { next: throwing, ...end }
      await expect(ws.send({ [Symbol.iterator]: () => source } as unknown as Iterable<Uint8Array>)).rejects.toThrow('broken source')
    }
  })

  it('fails the connection with 1011 when a source throws in the middle of its message', async () => {
    const { ws, server } = await talk(other => other.receive())
    await expect(
      ws.send(
        (async function* () {
          yield Uint8Array.of(1)
          throw new Error('disk full')
        })(),
      ),
    ).rejects.toThrow('disk full')
    expect(await server.closed).toMatchObject({ code: 1011, reason: 'a message could not be completed' })
  })

  it('goes on with what waits behind a source that could not even begin', async () => {
    const { ws } = await talk(async other => other.send(await other.receive()))
    const first = ws.send({ [Symbol.asyncIterator]: throwing } as unknown as AsyncIterable<Uint8Array>)
    const second = ws.send('still here')
    await expect(first).rejects.toThrow('broken source')
    await second
    expect(await ws.receive()).toBe('still here')
  })

  for (const [what, message] of [
    ['a number', 42],
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['a bigint', 1n],
    ['a symbol', Symbol('text')],
    ['a function', () => 'text'],
    ['an object', {}],
    ['a date', new Date()],
    ['an error', new Error('text')],
    ['a promise', Promise.resolve('text')],
    ['a regular expression', /text/],
    ['a boxed string', new String('text')],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a SharedArrayBuffer', new SharedArrayBuffer(2)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
    ['other numbers', new Float32Array(2)],
    ['a Blob', new Blob(['text'])],
    ['a URL', new URL('http://localhost')],
    ['parameters', new URLSearchParams({ a: '1' })],
    ['no parameters', new URLSearchParams()],
    ['a form', new FormData()],
    ['headers', new Headers({ a: '1' })],
    ['no headers', new Headers()],
    ['a Map', new Map([['a', Uint8Array.of(1)]])],
    ['an empty Map', new Map()],
    ['a Set of numbers', new Set([1, 2])],
    ['an empty Set', new Set()],
    ['a list of numbers', [1, 2]],
    ['a list with a hole', Array(1)],
    ['a list that ends wrongly', [Uint8Array.of(1), 2]],
    ['a list of lists', [[1]]],
    ['a detached array', detached()],
    ['a list with a detached array', [detached()]],
    ['an iterator over text', ['text'].values()],
    ['an iterable that is none', { [Symbol.iterator]: 5 }],
    ['an async iterable that is none', { [Symbol.asyncIterator]: 5, [Symbol.iterator]: () => [Uint8Array.of(1)].values() }],
    ['a readable stream of text', textStream()],
  ] as [string, unknown][]) {
    it(`rejects as misuse, sends nothing and goes on: ${what}`, async () => {
      const { ws, peer } = await waiting()
      await expect(ws.send(message as string)).rejects.toMatchObject({ name: 'ApiMisuse' })
      await ws.send('still open')
      await peer.frame('text still open')
      expect(peer.frames).toEqual(['text still open'])
    })
  }

  it('rejects once the connection is closing or closed', async () => {
    const { ws } = await talk(other => other.receive())
    const closed = ws.close()
    await expect(ws.send('late')).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'the connection is closing' })
    await expect(ws.send(letters('late'))).rejects.toMatchObject({ name: 'ConnectionClosed' })
    await closed
    await expect(ws.send('later')).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })

  it('refuses what only looks like octets, or like a source of them, as misuse, and sends nothing', async () => {
    const { ws, peer } = await waiting()
    const locked = new ReadableStream<Uint8Array>()
    locked.getReader()
    const { proxy, revoke } = Proxy.revocable([new Uint8Array(1)], {})
    revoke()
    const alike = [
      new Proxy(new Uint8Array(1), {}),
      Object.create(Uint8Array.prototype),
      new Proxy(new Float64Array(1), {}),
      proxy,
      { [Symbol.iterator]: () => 5 },
      { [Symbol.asyncIterator]: throwing },
      locked,
    ]
    for (const value of alike) await expect(ws.send(value as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await ws.send('still open')
    await until(() => peer.frames.length > 0)
    expect(peer.frames).toEqual(['text still open'])
  })
})

/** A server's end with a peer that does not read: three messages wait. */
async function choked() {
  const states: ReturnType<typeof watched>[] = []
  const begun = promised<Connection>()
  const { peer, server } = await served(ws => {
    begun.resolve(ws)
    return ws.closed
  })
  const ws = await begun.promise
  peer.stream.pause()
  for (const message of [new Uint8Array(100_000), chunks(3, 1000), new Uint8Array(70_000)]) states.push(watched(ws.send(message)))
  return { peer, server, states }
}

/** A server's end whose handler waits for the end. */
async function waiting() {
  const begun = promised<Connection>()
  const { peer } = await served(ws => {
    begun.resolve(ws)
    return ws.closed
  })
  return { ws: await begun.promise, peer }
}

function textStream(): ReadableStream<string> {
  return new ReadableStream({
    start: controller => controller.enqueue('text'),
  })
}

function detached(): Uint8Array {
  const octets = new Uint8Array(2)
  structuredClone(octets, { transfer: [octets.buffer] })
  return octets
}

function throwing(): never {
  throw new Error('broken source')
}
