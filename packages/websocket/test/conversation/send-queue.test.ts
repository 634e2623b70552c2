import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
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

  it('sends a message with the options of the call, also where their object is changed while it waits', async () => {
    const { ws } = await echoed()
    const options = { binary: true }
    const first = ws.send(letters('one'))
    const second = ws.send(Uint8Array.of(0xff, 0xfe), options)
    options.binary = false
    await Promise.all([first, second])
    await ws.receive()
    expect(await ws.receive()).toEqual(Uint8Array.of(0xff, 0xfe))
  })

  it('sends the octets of every view of memory and of an ArrayBuffer, and not their numbers as pieces', async () => {
    const { ws } = await echoed()
    const octets = Uint8Array.of(9, 0, 1, 254, 255, 9)
    const { buffer } = octets
    for (const memory of [
      new Int16Array(buffer.slice(2, 4)),
      new Uint8ClampedArray(buffer, 2, 2),
      new DataView(buffer, 2, 2),
      new Float64Array(Uint8Array.of(1, 254, 3, 4, 5, 6, 7, 8).buffer),
      new BigInt64Array(Uint8Array.of(1, 254, 3, 4, 5, 6, 7, 8).buffer),
      buffer.slice(2, 4),
      runInNewContext('Uint8Array.of(1, 254).buffer') as ArrayBuffer,
      runInNewContext('new DataView(Uint8Array.of(1, 254).buffer)') as DataView,
      Buffer.from([1, 254]),
    ]) {
      await ws.send(memory)
      const received = await ws.receive()
      expect([...(received as Uint8Array).subarray(0, 2)]).toEqual([1, 254])
      expect(received).toHaveLength(memory.byteLength)
    }
  })

  it('takes the octets of a view as they are when it is called, also of memory that is shared or can be resized', async () => {
    const { ws } = await echoed()
    const shared = new SharedArrayBuffer(10_000)
    const resizable = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(10_000, { maxByteLength: 20_000 })
    for (const memory of [new DataView(shared), new Uint16Array(shared), new Float32Array(resizable), new DataView(resizable)]) {
      const octets = new Uint8Array(memory.buffer)
      octets.fill(1)
      await ws.send(memory)
      octets.fill(2)
      expect(await ws.receive()).toEqual(new Uint8Array(10_000).fill(1))
    }
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

  it('lets streams go that wait for a piece or for their turn when the connection is lost, and those that come later', async () => {
    const { ws, server } = await talk(other => other.receive())
    const cancelled: string[] = []
    const webStream = (name: string): ReadableStream<Uint8Array> => new ReadableStream({ cancel: () => void cancelled.push(name) })
    const streams = Array.from({ length: 3 }, () => new Readable({ read: () => undefined }))
    const { ws: other, server: otherServer } = await talk(other => other.receive())
    const sent = [ws.send(streams[0]!), ws.send(streams[1]!), ws.send(webStream('in turn')), other.send(webStream('begun'))].map(watched)
    await quiet()
    server.dropConnection({ abort: true })
    otherServer.dropConnection({ abort: true })
    await Promise.all([ws.closed, other.closed])
    sent.push(watched(ws.send(streams[2]!)))
    await until(() => sent.every(({ state }) => state === 'rejected'))
    await quiet()
    expect({ destroyed: streams.map(({ destroyed }) => destroyed), cancelled: cancelled.sort() }).toEqual({
      destroyed: [true, true, true],
      cancelled: ['begun', 'in turn'],
    })
  })

  it('lets streams go that their signal gives up before their turn, at once', async () => {
    const { ws, server } = await talk(other => other.receive())
    const cancelled: string[] = []
    const webStream = (name: string): ReadableStream<Uint8Array> => new ReadableStream({ cancel: () => void cancelled.push(name) })
    const abort = new AbortController()
    const { signal } = abort
    const [first, waiting, late] = Array.from({ length: 3 }, () => new Readable({ read: () => undefined }))
    void ws.send(first!)
    const sent = [ws.send(waiting!, { signal }), ws.send(webStream('waiting'), { signal }), ws.send(letters('a'), { signal })].map(watched)
    abort.abort(new Error('enough'))
    sent.push(...[ws.send(late!, { signal }), ws.send(webStream('late'), { signal }), ws.send(new Blob(['x']), { signal })].map(watched))
    await until(() => sent.every(({ state }) => state === 'rejected'))
    await quiet()
    expect({
      destroyed: [first, waiting, late].map(stream => stream!.destroyed),
      cancelled: cancelled.sort(),
      isOpen: ws.protocol.isOpen,
    }).toEqual({ destroyed: [false, true, true], cancelled: ['late', 'waiting'], isOpen: true })
    server.dropConnection({ abort: true })
    await ws.closed
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
    ['a SharedArrayBuffer', new SharedArrayBuffer(2)],
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
    ['a detached ArrayBuffer', detached().buffer],
    ['a view of a detached ArrayBuffer', detachedView()],
    ['other numbers whose memory is gone', detachedNumbers()],
    ['an object that says that it is a Blob', { [Symbol.toStringTag]: 'Blob', size: 1, stream: () => 5, arrayBuffer: () => 5 }],
    ['an object that says that it is an ArrayBuffer', Object.create(ArrayBuffer.prototype)],
    ['a proxy for a DataView', new Proxy(new DataView(new ArrayBuffer(2)), {})],
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

describe('sending a Blob', () => {
  it('is one frame for a small one, and a message in pieces for a large one', async () => {
    const { peer } = await served(async ws => {
      await ws.send(new Blob(['häß']))
      await ws.send(new Blob([]))
      await ws.send(new File(['x'.repeat(100)], 'name.txt'))
    })
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['binary 5', 'binary 0', 'binary 100', 'close 1000'])
  })

  it('arrives whole, however large it is, and in the order of the calls', async () => {
    const { ws } = await echoed()
    const large = new Uint8Array(300_000).map((_, at) => at % 251)
    const sent = [ws.send('before'), ws.send(new Blob([large])), ws.send('behind')]
    await Promise.all(sent)
    expect([await ws.receive(), await ws.receive(), await ws.receive()]).toEqual(['before', large, 'behind'])
  })

  it('is text where that was asked for, and is checked', async () => {
    const { ws, peer } = await waiting()
    await ws.send(new Blob(['häß']), { binary: false })
    await expect(ws.send(new Blob([Uint8Array.of(0xff)]), { binary: false })).rejects.toThrow('a text message must be UTF-8')
    await peer.frame('text häß')
    expect(peer.frames).toEqual(['text häß'])
  })

  it('costs its own message alone where it cannot be read', async () => {
    const { ws, peer } = await waiting()
    const blob = Object.assign(new Blob(['text']), { arrayBuffer: () => Promise.reject(new Error('the file has changed')) })
    await expect(ws.send(blob)).rejects.toThrow('the file has changed')
    await ws.send('still open')
    await peer.frame('text still open')
  })
})

describe('sending streams', () => {
  it('sends a file as Node reads it, and the body of a response', async () => {
    const { ws } = await echoed()
    const path = fileURLToPath(import.meta.url)
    await ws.send(createReadStream(path, { highWaterMark: 1000 }))
    expect(Buffer.from((await ws.receive()) as Uint8Array).toString()).toContain('sends a file as Node reads it')
    await ws.send(new Response('the body').body!)
    expect(await ws.receive()).toEqual(Uint8Array.from(Buffer.from('the body')))
  })

  it('reads streams that are not async iterable, and gives them up when it cannot go on', async () => {
    const { ws } = await echoed()
    await ws.send(onlyReader(new Response('pieces').body!))
    expect(await ws.receive()).toEqual(Uint8Array.from(Buffer.from('pieces')))
    let cancelled = false
    const wrong = new ReadableStream({
      start: controller => controller.enqueue(5),
      cancel: () => {
        cancelled = true
      },
    })
    await expect(ws.send(onlyReader(wrong))).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(cancelled).toBe(true)
  })

  it('sends text in pieces where that was asked for: strings, and octets cut anywhere', async () => {
    const { ws } = await echoed()
    const octets = Buffer.from('h\u00e4\u00df\u{1f600}')
    const cut = [...octets].map(octet => Uint8Array.of(octet))
    for (const source of [['h', '\u00e4\u00df\ud83d', '\ude00'], cut, cut.values(), Readable.from(['h\u00e4', '\u00df\u{1f600}'])]) {
      await ws.send(source as Iterable<string>, { binary: false })
      expect(await ws.receive()).toBe('h\u00e4\u00df\u{1f600}')
    }
    await ws.send(new Response('text').body!.pipeThrough(new TextDecoderStream()), { binary: false })
    expect(await ws.receive()).toBe('text')
  })

  it('frames text pieces as they come', async () => {
    const { peer } = await served(ws => ws.send(['ab', 'c'], { binary: false }))
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['text... ab', 'continuation... 1', 'continuation 0', 'close 1000'])
  })

  it('fails the connection where octets turn out not to be UTF-8, or end within a character', async () => {
    for (const pieces of [
      [Uint8Array.of(0x61), Uint8Array.of(0xff)],
      [Uint8Array.of(0x61), Uint8Array.of(0xc3)],
    ]) {
      const { ws } = await talk(server => server.closed)
      await expect(ws.send(pieces.values(), { binary: false })).rejects.toThrow('a text message must be UTF-8')
      expect(await ws.closed).toMatchObject({ localCloseCode: 1011, cause: { name: 'ApiMisuse' } })
    }
  })
})

describe('the options of send', () => {
  it('say whether a message is text', async () => {
    const { peer } = await served(async ws => {
      await ws.send(Buffer.from('ä'), { binary: false })
      await ws.send('ä', { binary: true })
      await ws.send('ä', { binary: false })
      await ws.send(Uint8Array.of(1), {})
    })
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['text ä', 'binary 2', 'text ä', 'binary 1', 'close 1000'])
  })

  it('cut messages into fragments, whole ones and pieces', async () => {
    const { peer } = await served(async ws => {
      await ws.send('abcde', { fragmentSize: 2 })
      await ws.send([new Uint8Array(3), new Uint8Array(0)], { fragmentSize: 2 })
    })
    await peer.frame('close 1000')
    expect(peer.frames).toEqual([
      'text... ab',
      'continuation... 2',
      'continuation 1',
      'binary... 2',
      'continuation... 1',
      'continuation... 0',
      'continuation 0',
      'close 1000',
    ])
  })

  it('reach the extensions of the connection', async () => {
    const seen: unknown[] = []
    const { server } = await served(ws => ws.closed)
    const send = vi.spyOn(server, 'sendMessage').mockImplementation((...given) => seen.push(given) > 0)
    const begin = vi.spyOn(server, 'beginMessage').mockImplementation((...given) => seen.push(given) > 0)
    const ws = (server as unknown as { conversation: Connection }).conversation
    await ws.send('text', { doNotCompress: true })
    await ws.send(chunks(1, 1), { doNotCompress: true }).catch(() => undefined)
    expect(seen).toEqual([
      ['text', false, { doNotCompress: true }],
      [true, { doNotCompress: true }],
    ])
    send.mockRestore()
    begin.mockRestore()
  })

  it('are not needed to be told of sendJson, where a value is not a message', async () => {
    const { ws } = await waiting()
    for (const value of [{ a: 1 }, 5, true]) await expect(ws.send(value as never)).rejects.toThrow(': sendJson sends it as JSON')
    await expect(ws.send([1, 2] as never)).rejects.toThrow(': sendJson sends it as JSON, a list as well')
    await expect(ws.send(null as never)).rejects.toThrow(/not null$/)
    expect(() => ws.protocol.sendMessage({ a: 1 } as never)).toThrow(': send JSON.stringify of it')
  })

  it('are checked before anything is sent', async () => {
    const { ws, peer } = await waiting()
    for (const [options, message] of [
      [{ compress: true }, 'there is no option compress of send'],
      [{ binary: 'yes' }, 'option binary must be true or false'],
      [{ fragmentSize: 0 }, 'fragmentSize must be a whole number above 0'],
      [{ signal: 5 }, 'option signal must be an AbortSignal'],
      [true, 'the options of send must be an object'],
    ] as const)
      await expect(ws.send('text', options as never)).rejects.toMatchObject({
        name: 'ApiMisuse',
        message: expect.stringContaining(message) as string,
      })
    await expect(ws.send(new URLSearchParams('a=1') as never, {})).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(ws.send(Uint8Array.of(0xff), { binary: false })).rejects.toThrow('a text message must be UTF-8')
    await ws.send('still open')
    await peer.frame('text still open')
    expect(peer.frames).toEqual(['text still open'])
  })

  it('let octets be used again when the promise has resolved, at every size', async () => {
    const { ws } = await echoed()
    for (const size of [100, 10_000, 100_000]) {
      const octets = new Uint8Array(size).fill(1)
      await ws.send(octets, { doNotCompress: true })
      octets.fill(2)
      expect(await ws.receive()).toEqual(new Uint8Array(size).fill(1))
    }
  })
})

describe('the signal of send', () => {
  it('prevents a message that was not sent yet', async () => {
    const { ws, peer } = await waiting()
    await expect(ws.send('never', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    const more = promised()
    const abort = new AbortController()
    const first = ws.send(letters('a', more.promise))
    const second = expect(ws.send('never', { signal: abort.signal })).rejects.toThrow('enough')
    abort.abort(new Error('enough'))
    await second
    more.resolve()
    await first
    await ws.send('next')
    await peer.frame('text next')
    expect(peer.frames).toEqual(['binary... 1', 'continuation 0', 'text next'])
  })

  it('gives a source up that has not given a piece yet, and the connection stays open', async () => {
    const { ws, peer } = await waiting()
    let wasLetGo = false
    const source = {
      next: () => new Promise<never>(() => undefined),
      return: () => {
        wasLetGo = true
      },
    }
    const abort = new AbortController()
    const sent = ws.send({ [Symbol.asyncIterator]: () => source } as unknown as AsyncIterable<Uint8Array>, { signal: abort.signal })
    await quiet()
    abort.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    await quiet()
    expect(wasLetGo).toBe(true)
    await ws.send('next')
    await peer.frame('text next')
  })

  it('fails the connection where a message has begun and cannot be completed', async () => {
    const { ws } = await talk(server => server.closed)
    const abort = new AbortController()
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1)
      await new Promise(() => undefined)
    }
    const sent = ws.send(source(), { signal: abort.signal })
    await quiet()
    abort.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    expect(await ws.closed).toMatchObject({ localCloseCode: 1011, cause: { message: 'enough' } })
  })

  it('ends the wait for room, and the message goes out all the same', async () => {
    const { ws, peer } = await waiting()
    peer.stream.pause()
    const abort = new AbortController()
    const sent = ws.send('x'.repeat(200_000), { signal: abort.signal })
    await quiet()
    abort.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    peer.stream.resume()
    await peer.frame(`text ${'x'.repeat(200_000)}`)
    await ws.send('next')
    await peer.frame('text next')
  })
})

/** A client's end with a server that sends everything back. */
async function echoed() {
  return talk(async server => {
    for await (const message of server) await server.send(message)
  })
}

/** A stream as some browsers have it: without async iteration. */
function onlyReader<Piece>(stream: ReadableStream<Piece>) {
  return { getReader: () => stream.getReader() } as { getReader(): ReadableStreamDefaultReader<Uint8Array> }
}

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

function detachedView(): DataView {
  const view = new DataView(new ArrayBuffer(2))
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] })
  return view
}

function detachedNumbers(): Float32Array {
  const numbers = new Float32Array(2)
  structuredClone(numbers.buffer, { transfer: [numbers.buffer] })
  return numbers
}

function throwing(): never {
  throw new Error('broken source')
}
