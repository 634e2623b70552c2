import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/conversation/connection.ts'
import type { StandardSchema } from '../../src/conversation/standard-schema.ts'
import { MessageRefused } from '../../src/protocol/faults/errors.ts'
import { masked, quiet } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { promised, raisesNothingUnhandled, served, talk } from './talk.ts'

raisesNothingUnhandled()

interface Move {
  readonly move: string
}

/** Accepts `{ move }`, and returns it in capitals. */
const move: StandardSchema<Move, Move> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: value => {
      const text = (value as Partial<Move> | null)?.move
      return typeof text === 'string'
        ? { value: { move: text.toUpperCase() } }
        : { issues: [{ message: 'Expected string', path: ['move'] }] }
    },
  },
}

describe('a loop over texts()', () => {
  it('yields texts, and ends when the connection closes cleanly', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', '', 'c']) await server.send(text)
    })
    expect(await all(ws.texts())).toEqual(['a', '', 'c'])
  })

  it('fails the connection with 1003 for a binary message, and delivers nothing behind it', async () => {
    const read: unknown[] = []
    const { peer, server, errors } = await served(async ws => {
      for await (const text of ws.texts()) read.push(text)
    })
    peer.write(masked(0x81, 'a'), masked(0x82, 'bcd'), masked(0x81, 'e'))
    await peer.frame('close 1003 a binary message of 3 octets came where text is read')
    peer.stream.destroy(true)
    expect(await server.closed).toMatchObject({
      code: 1006,
      by: 'self',
      localCloseCode: 1003,
      cause: { name: 'MessageRefused', closeCode: 1003 },
    })
    expect({ read, errors }).toEqual({ read: ['a'], errors: [] })
  })

  it('throws ConnectionClosed, whose cause says what came', async () => {
    const { ws } = await talk(server => server.send(Uint8Array.of(1)))
    const error = await all(ws.texts()).catch((error: unknown) => error)
    expect(error).toMatchObject({
      name: 'ConnectionClosed',
      closeCode: 1006,
      message: 'connection failed with 1003: a binary message of 1 octet came where text is read',
    })
    expect((error as Error).cause).toBeInstanceOf(MessageRefused)
  })

  it('throws for a binary message that waited when the connection closed', async () => {
    const { ws } = await talk(server => server.send(Uint8Array.of(1)))
    await ws.protocol.closed
    await expect(all(ws.texts())).rejects.toMatchObject({ name: 'ConnectionClosed', cause: { closeCode: 1003 } })
    expect(ws.protocol.closeInfo).toMatchObject({ code: 1000 })
  })

  it('throws when the connection is lost', async () => {
    const { ws, server } = await talk(other => other.closed)
    const loop = all(ws.texts())
    server.dropConnection({ abort: true })
    await expect(loop).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('can be left and begun again, and loses nothing', async () => {
    const { ws } = await talk(async server => {
      for (const text of ['a', 'b', 'c']) await server.send(text)
    })
    for await (const text of ws.texts()) {
      expect(text).toBe('a')
      break
    }
    expect(await ws.receiveText()).toBe('b')
    expect(await all(ws.texts())).toEqual(['c'])
  })

  it('gives a message that comes after return() to the next call', async () => {
    const go = promised()
    const { ws } = await talk(async server => {
      await go.promise
      await server.send('late')
    })
    const texts = ws.texts()[Symbol.asyncIterator]()
    const step = texts.next()
    expect(await texts.return?.()).toEqual({ done: true, value: undefined })
    expect(await step).toEqual({ done: true, value: undefined })
    expect(await texts.next()).toEqual({ done: true, value: undefined })
    go.resolve()
    expect(await ws.receive()).toBe('late')
  })

  it('is iterable itself, as generators are', () => {
    return talk(server => server.closed).then(({ ws }) => {
      const texts = ws.texts()[Symbol.asyncIterator]() as AsyncIterableIterator<string>
      expect(texts[Symbol.asyncIterator]()).toBe(texts)
    })
  })

  it('is an application that receives: nothing is discarded from the call on', async () => {
    const { ws } = await talk(async server => {
      for (let i = 0; i < 100; i++) await server.send('x'.repeat(20_000))
      await server.closed
    })
    const texts = ws.texts()
    void ws.closed
    let count = 0
    for await (const _ of texts) if (++count === 100) break
    expect(count).toBe(100)
  })
})

describe('a loop over json()', () => {
  it('yields the values, typed as the caller says', async () => {
    const { ws } = await talk(async server => {
      for (const value of [{ move: 'e4' }, [1], null]) await server.sendJson(value)
    })
    expect(await all(ws.json<Move | number[] | null>())).toEqual([{ move: 'e4' }, [1], null])
  })

  it('yields what the schema returns', async () => {
    const { ws } = await talk(async server => {
      await server.sendJson({ move: 'e4' })
      await server.sendJson({ move: 'd5' })
    })
    const moves: string[] = []
    for await (const { move: text } of ws.json(move)) moves.push(text)
    expect(moves).toEqual(['E4', 'D5'])
  })

  it('waits for a schema that takes its time, and keeps the order', async () => {
    const slow: StandardSchema<unknown, number> = {
      '~standard': { version: 1, vendor: 'test', validate: async value => ({ value: Number(value) + 1 }) },
    }
    const { ws } = await talk(async server => {
      for (let i = 0; i < 3; i++) await server.sendJson(i)
    })
    expect(await all(ws.json(slow))).toEqual([1, 2, 3])
  })

  for (const [sent, close] of [
    ['{', 'close 1007 the message is not JSON'],
    ['{"move":5}', 'close 1008 the message does not fit its schema: move: Expected string'],
  ] as const) {
    it(`fails the connection for ${sent}, and is not an error of the handler`, async () => {
      const { peer, errors, server } = await served(async ws => {
        for await (const _ of ws.json(move));
      })
      peer.write(masked(0x81, sent))
      await peer.frame(close)
      peer.stream.destroy(true)
      await server.closed
      await quiet()
      expect(errors).toEqual([])
    })
  }

  it('sends at most 123 octets of a long reason', async () => {
    const long: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'ä'.repeat(500) }] }) },
    }
    const { peer } = await served(async ws => {
      for await (const _ of ws.json(long));
    })
    peer.write(masked(0x81, '1'))
    await until(() => peer.frames.some(frame => frame.startsWith('close 1008')))
  })

  it('goes on where the application answers what is refused', async () => {
    const { peer } = await served(async ws => {
      const onRefused = (error: MessageRefused): Promise<void> => ws.sendJson({ error: error.message })
      for await (const { move: text } of ws.json(move, { onRefused })) await ws.send(text)
    })
    peer.write(masked(0x81, '{'), masked(0x82, 'x'), masked(0x81, '{"move":"e4"}'))
    await peer.frame('text E4')
    expect(peer.frames).toEqual([
      'text {"error":"the message is not JSON"}',
      'text {"error":"a binary message of 1 octet came where text is read"}',
      'text E4',
    ])
  })

  it('gets the message that was refused', async () => {
    const seen: unknown[] = []
    const { ws } = await talk(server => server.send('{'))
    expect(await all(ws.json(move, { onRefused: (error, message) => seen.push([error.closeCode, message]) }))).toEqual([])
    expect(seen).toEqual([[1007, '{']])
  })

  it('throws what onRefused throws, and what the schema throws: the handler has failed', async () => {
    const failing = (): never => {
      throw new Error('broken')
    }
    const broken: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: failing } }
    for (const values of [(ws: Connection) => ws.json(move, { onRefused: failing }), (ws: Connection) => ws.json(broken)]) {
      const { peer, errors } = await served(async ws => {
        for await (const _ of values(ws));
      })
      peer.write(masked(0x81, '1'))
      await peer.frame('close 1011 internal error')
      expect(errors.map(({ message }) => message)).toEqual(['broken'])
    }
  })

  it('refuses what is not a schema when it is called', async () => {
    const { ws } = await talk(server => server.closed)
    expect(() => ws.json({ onRefused: () => undefined } as never)).toThrow('must have the interface of Standard Schema')
    expect(() => ws.json(move, { onrefused: () => undefined } as never)).toThrow('did you mean onRefused?')
  })
})

describe('receiving one message as text or JSON', () => {
  it('returns one that waits, and one that comes', async () => {
    const go = promised()
    const { ws } = await talk(async server => {
      await server.send('first')
      await go.promise
      await server.sendJson({ move: 'e4' })
      await server.sendJson({ any: 1 })
      await server.closed
    })
    expect(await ws.receiveText()).toBe('first')
    const next = ws.receiveJson(move, { timeout: 5 })
    go.resolve()
    expect(await next).toEqual({ move: 'E4' })
    expect(await ws.receiveJson()).toEqual({ any: 1 })
  })

  it('fails the connection for one that does not fit, whether it waited or not', async () => {
    for (const isEarly of [true, false]) {
      const go = promised()
      const { ws, server } = await talk(async other => {
        if (!isEarly) await go.promise
        await other.send('{')
        await other.closed
      })
      if (isEarly) await quiet()
      const received = ws.receiveJson(move)
      go.resolve()
      await expect(received).rejects.toMatchObject({ name: 'ConnectionClosed', cause: { name: 'MessageRefused', closeCode: 1007 } })
      expect(await server.closed).toMatchObject({ code: 1007, reason: 'the message is not JSON' })
    }
  })

  it('rejects with the reason of a signal, after a time, and at the end of the connection', async () => {
    const { ws, link, server } = await talk(other => other.closed)
    await expect(ws.receiveText({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    const late = expect(ws.receiveText({ timeout: 2 })).rejects.toMatchObject({ name: 'TimeoutError' })
    link.clock.advance(2000)
    await late
    void ws.receiveJson(move)
    const waiting = ws.receiveText()
    server.sendClose(1000)
    await expect(waiting).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })

  it('rejects with what a schema throws', async () => {
    const broken: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('broken')) } }
    const { ws } = await talk(async server => {
      await server.send('1')
      await server.closed
    })
    await expect(ws.receiveJson(broken)).rejects.toThrow('broken')
    expect(ws.protocol.isOpen).toBe(true)
  })

  it('is misuse with wrong options, or options in place of the schema', async () => {
    const { ws } = await talk(server => server.closed)
    await expect(ws.receiveText({ timout: 5 } as never)).rejects.toThrow('there is no option timout of receiveText; did you mean timeout?')
    await expect(ws.receiveJson({ timeout: 5 } as never)).rejects.toThrow(
      'the schema of receiveJson must have the interface of Standard Schema',
    )
  })

  it('takes the place of a call that lost a race', async () => {
    const { ws } = await talk(async server => {
      await server.receive()
      await server.send('for the second')
      await server.closed
    })
    await Promise.race([ws.receiveText(), Promise.resolve()])
    await quiet()
    const second = ws.receiveText()
    await ws.send('go')
    expect(await second).toBe('for the second')
  })
})

describe('sendJson', () => {
  it('sends a text message, with the options of send', async () => {
    const { peer } = await served(async ws => {
      await ws.sendJson({ a: 1 })
      await ws.sendJson([1, 2], { fragmentSize: 3 })
      await ws.sendJson('b', { binary: true })
    })
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['text {"a":1}', 'text... [1,', 'continuation 2', 'binary 3', 'close 1000'])
  })

  it('rejects what JSON cannot write, and the connection stays open', async () => {
    const { ws } = await talk(server => server.closed)
    await expect(ws.sendJson(undefined)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(ws.sendJson(1n)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(ws.protocol.isOpen).toBe(true)
  })
})

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const seen: Value[] = []
  for await (const value of values) seen.push(value)
  return seen
}
