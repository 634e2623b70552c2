import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BrowserOptions, browserSettings } from '../../src/browser/browser-options.ts'
import { PageConversation } from '../../src/browser/page-conversation.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('receiving on a page', () => {
  it('gives text as strings and binary as octets, in their order', async () => {
    const [ws, socket] = open()
    const first = ws.receive()
    socket.say('ä', Uint8Array.of(1, 2), 'last')
    expect([await first, await ws.receive(), await ws.receive()]).toEqual(['ä', Uint8Array.of(1, 2), 'last'])
  })

  it('gives what waits also after the end, and then a loop ends', async () => {
    const [ws, socket] = open()
    socket.say('one', 'two')
    socket.end(1000, 'bye')
    const seen: unknown[] = []
    for await (const message of ws) seen.push(message)
    expect(seen).toEqual(['one', 'two'])
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })

  it('throws in a loop where the connection is lost', async () => {
    const [ws, socket] = open()
    const loop = (async () => {
      for await (const _ of ws);
    })()
    const lost = expect(loop).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    socket.end()
    await lost
  })

  it('gives up a wait for a message after its time, and loses none', async () => {
    const [ws, socket] = open()
    const late = expect(ws.receive({ timeout: 5 })).rejects.toMatchObject({ name: 'TimeoutError' })
    vi.advanceTimersByTime(5000)
    await late
    socket.say('later')
    expect(await ws.receive()).toBe('later')
    await expect(ws.receive({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('gives each message of streams() in one piece', async () => {
    const [ws, socket] = open()
    socket.say('ä', Uint8Array.of(1, 2))
    socket.end(1000)
    const seen: unknown[] = []
    for await (const message of ws.streams()) {
      for await (const piece of message) seen.push({ isBinary: message.isBinary, piece: [...piece] })
    }
    expect(seen).toEqual([
      { isBinary: false, piece: [0xc3, 0xa4] },
      { isBinary: true, piece: [1, 2] },
    ])
  })

  it('gives each of several calls that wait a message of its own', async () => {
    const [ws, socket] = open()
    const received = [ws.receive(), ws.receive()]
    await vi.advanceTimersByTimeAsync(0)
    received.push(ws.receive())
    socket.say('one', 'two', 'three')
    expect(await Promise.all(received)).toEqual(['one', 'two', 'three'])
  })

  it('discards messages after ignoreMessages(), until it receives again', async () => {
    const [ws, socket] = open()
    ws.ignoreMessages()
    socket.say('ignored')
    const next = ws.receive()
    socket.say('taken')
    expect(await next).toBe('taken')
  })

  it('fails the connection above maxWaitingSize, and keeps what has come', async () => {
    const [ws, socket] = open({ maxWaitingSize: 1000 })
    socket.say('x'.repeat(500))
    expect(socket.closes).toEqual([])
    socket.say('y'.repeat(500))
    expect(socket.closes).toEqual([[4008, 'messages that nobody has received take more than 1000 octets']])
    expect(await ws.receive()).toBe('x'.repeat(500))
  })
})

describe('text and JSON on a page', () => {
  it('are read and sent as on Node', async () => {
    const [ws, socket] = open()
    socket.say('{"a":1}', 'text', '[2]')
    const values: unknown[] = []
    for await (const value of ws.json<object>()) {
      values.push(value)
      break
    }
    expect([...values, await ws.receiveText(), await ws.receiveJson()]).toEqual([{ a: 1 }, 'text', [2]])
    await ws.sendJson({ b: 2 })
    expect(socket.sent).toEqual(['{"b":2}'])
    await expect(ws.sendJson(undefined)).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('fail the connection with as much of a long reason as a close frame holds', async () => {
    const [ws, socket] = open()
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: 'x'.repeat(300) }] }) } }
    const value = ws.receiveJson(schema)
    socket.say('1')
    await expect(value).rejects.toMatchObject({ name: 'ConnectionClosed' })
    expect(socket.closes).toEqual([[4008, `the message does not fit its schema: ${'x'.repeat(86)}`]])
  })

  it('fail the connection where the server sends something else', async () => {
    const [ws, socket] = open()
    const texts = ws.texts()[Symbol.asyncIterator]()
    const next = expect(texts.next()).rejects.toMatchObject({
      name: 'ConnectionClosed',
      cause: { name: 'MessageRefused', closeCode: 1003 },
    })
    socket.say(Uint8Array.of(1))
    await next
    expect(socket.closes).toEqual([[4003, 'a binary message of 1 octet came where text is read']])
  })

  it('reject options in place of a schema', async () => {
    const [ws] = open()
    await expect(ws.receiveJson({ timeout: 5 } as never)).rejects.toThrow('must have the interface of Standard Schema')
    expect(() => ws.json({} as never)).toThrow('must have the interface of Standard Schema')
  })
})

describe('sending on a page', () => {
  it('resolves at once below the high-water mark, and waits above it', async () => {
    const [ws, socket] = open({ sendHighWaterMark: 10 })
    await ws.send('one')
    socket.bufferedAmount = 11
    let isDone = false
    const sending = Promise.all([ws.send(Uint8Array.of(1)), ws.send('three')]).then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(200)
    expect({ sent: socket.sent, isDone, isWritable: ws.isWritable, bufferedAmount: ws.bufferedAmount }).toEqual({
      sent: ['one', Uint8Array.of(1), 'three'],
      isDone: false,
      isWritable: false,
      bufferedAmount: 11,
    })
    socket.bufferedAmount = 0
    await vi.advanceTimersByTimeAsync(50)
    await sending
    expect(ws.isWritable).toBe(true)
  })

  it('rejects a value that is not a message, and the connection stays open', async () => {
    const [ws, socket] = open()
    for (const message of [undefined, 7, {}, [Uint8Array.of(1)], new SharedArrayBuffer(1)]) {
      await expect(ws.send(message as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
    }
    await ws.send('fine')
    expect(socket.sent).toEqual(['fine'])
  })

  it('sends views of memory as their octets, Blobs as they are, and octets as text where that was asked for', async () => {
    const [ws, socket] = open()
    const blob = new Blob(['b'])
    await ws.send(new Uint16Array([0x0101]))
    await ws.send(new ArrayBuffer(1))
    await ws.send(blob)
    await ws.send(Uint8Array.of(0xc3, 0xa4), { binary: false })
    await ws.send('ä', { binary: true })
    expect(socket.sent).toEqual([Uint8Array.of(1, 1), Uint8Array.of(0), blob, 'ä', Uint8Array.of(0xc3, 0xa4)])
  })

  it('rejects options that a page does not have, and sends nothing', async () => {
    const [ws, socket] = open()
    await expect(ws.send('text', { fragmentSize: 5 } as never)).rejects.toThrow('there is no option fragmentSize of send')
    expect(socket.sent).toEqual([])
  })

  it('gives up by a signal: before sending, and while it waits for room', async () => {
    const [ws, socket] = open({ sendHighWaterMark: 0 })
    await expect(ws.send('never', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    socket.bufferedAmount = 1
    const abort = new AbortController()
    const waiting = expect(ws.send('sent', { signal: abort.signal })).rejects.toThrow('too slow')
    abort.abort(new Error('too slow'))
    await waiting
    expect(socket.sent).toEqual(['sent'])
  })

  it('rejects when the connection is closing or gone, also what waits', async () => {
    const [ws, socket] = open({ sendHighWaterMark: 0 })
    socket.bufferedAmount = 1
    const waiting = expect(ws.send('waits')).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    void ws.close()
    await expect(ws.send('late')).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'the connection is closing' })
    socket.end()
    await waiting
    await expect(ws.send('too late')).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('rejects from the close frame of the server on, because the platform drops what is sent before it tells of the close', async () => {
    const [ws, socket] = open()
    socket.hearClose()
    expect(ws.isWritable).toBe(false)
    await expect(ws.send('late')).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'the connection is closing' })
    const closing = ws.close(1000, 'too late')
    socket.end(1001, 'going away')
    expect(await closing).toMatchObject({ code: 1001, by: 'peer' })
    expect({ sent: socket.sent, closes: socket.closes }).toEqual({ sent: [], closes: [] })
  })

  it('rejects where sending has given the connection up', async () => {
    const [ws, socket] = open({ maxUnsentSize: 100 })
    socket.bufferedAmount = 101
    await expect(ws.send('too much')).rejects.toThrow('more than 100 octets are unsent: the peer reads too slowly')
    expect(await ws.closed).toMatchObject({ code: 1006, by: 'self' })
  })

  it('has its end as soon as it is gone', async () => {
    const [ws, socket] = open()
    expect(ws.closeInfo).toBeUndefined()
    socket.end()
    expect(ws.closeInfo).toMatchObject({ code: 1006, by: 'network' })
    expect(ws.closeInfo).toBe(await ws.closed)
  })
})

describe('closing on a page', () => {
  it('closes with 1000 unless told otherwise, and waits for the end', async () => {
    const [ws, socket] = open()
    const closing = ws.close()
    expect(socket.closes).toEqual([[1000, '']])
    socket.end(1000)
    expect(await closing).toEqual({ code: 1000, reason: '', wasClean: true, by: 'self', localCloseCode: 1000 })
    expect(await ws.closed).toEqual(await closing)
  })

  it('rejects a code or a reason that cannot be sent, and stays open', async () => {
    const [ws, socket] = open()
    await expect(ws.close(1005)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(ws.close(1000, 'x'.repeat(124))).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(socket.closes).toEqual([])
  })
})

describe('ending at once on a page', () => {
  it('ends for this side by terminate(), and calls that wait reject', async () => {
    const [ws, socket] = open()
    const waiting = expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    ws.terminate()
    await waiting
    expect(socket.closes).toEqual([[]])
    expect(await ws.closed).toMatchObject({ code: 1006, by: 'self', reason: 'terminated by this side' })
    ws.terminate()
  })

  it('closes with 1000 at the end of a block of await using', async () => {
    const [ws, socket] = open()
    const disposed = ws[Symbol.asyncDispose]()
    expect(socket.closes).toEqual([[1000, '']])
    socket.end(1000)
    await disposed
    await ws[Symbol.asyncDispose]()
  })
})

function open(options: Partial<BrowserOptions> = {}): [PageConversation, ScriptSocket] {
  const socket = new ScriptSocket()
  const conversation = new PageConversation(socket, { ...defaultsOf(browserSettings), ...options })
  socket.accept()
  return [conversation, socket]
}
