import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PageConversation } from '../../src/browser/page-conversation.ts'
import { pageDefaults } from '../../src/browser/page-defaults.ts'
import { toStreams } from '../../src/browser/to-streams.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('toStreams', () => {
  it('reads messages and writes them, and returns the same streams each time', async () => {
    const [ws, socket] = open()
    const { readable, writable } = toStreams(ws)
    expect(toStreams(ws)).toEqual({ readable, writable })
    const reader = readable.getReader()
    const first = reader.read()
    socket.say('ä', Uint8Array.of(1, 2))
    expect([await first, await reader.read()]).toEqual([
      { done: false, value: 'ä' },
      { done: false, value: Uint8Array.of(1, 2) },
    ])
    const writer = writable.getWriter()
    await writer.write('out')
    await writer.write(Uint8Array.of(3))
    expect(socket.sent).toEqual(['out', Uint8Array.of(3)])
  })

  it('leaves messages to receive() while nobody reads', async () => {
    const [ws, socket] = open()
    toStreams(ws)
    socket.say('one')
    expect(await ws.receive()).toBe('one')
  })

  it('closes with 1000 when the way out is closed, and gives what still comes to the reader', async () => {
    const [ws, socket] = open()
    const { readable, writable } = toStreams(ws)
    const closed = writable.close()
    await Promise.resolve()
    expect(socket.closes).toEqual([[1000, '']])
    socket.say('last')
    socket.end(1000)
    await closed
    const seen: unknown[] = []
    for await (const message of readable as unknown as AsyncIterable<unknown>) seen.push(message)
    expect(seen).toEqual(['last'])
  })

  it('fails the connection when the way out is aborted: 1011 leaves a page as 4011', async () => {
    const [ws, socket] = open()
    await toStreams(ws).writable.abort(new Error('the disk is full'))
    expect(socket.closes).toEqual([[4011, 'a stream could not be completed']])
  })

  it('fails both streams where the connection is lost', async () => {
    const [ws, socket] = open()
    const { readable, writable } = toStreams(ws)
    const writer = writable.getWriter()
    const lost = expect(writer.closed).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    socket.end()
    await lost
    await expect(readable.getReader().read()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })

  it('waits with a write while too much is unsent', async () => {
    const [ws, socket] = open()
    socket.bufferedAmount = 100_000
    let isWritten = false
    const written = toStreams(ws)
      .writable.getWriter()
      .write('x')
      .then(() => {
        isWritten = true
      })
    await vi.advanceTimersByTimeAsync(50)
    expect(isWritten).toBe(false)
    socket.bufferedAmount = 0
    await vi.advanceTimersByTimeAsync(50)
    await written
  })

  it('closes a connection that reconnects for good', async () => {
    const closes: unknown[][] = []
    const ws = {
      closed: new Promise(() => {}),
      close: async (...how: unknown[]) => void closes.push(how),
      ignoreMessages: () => {},
      send: async () => {},
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
    } as unknown as PageConversation
    void toStreams(ws).writable.abort()
    await Promise.resolve()
    expect(closes).toEqual([[1011, 'a stream could not be completed']])
  })

  it('refuses what is not a connection', () => {
    expect(() => toStreams({} as PageConversation)).toThrow('toStreams takes a connection of connect, and not [object Object]')
  })
})

function open(): [PageConversation, ScriptSocket] {
  const socket = new ScriptSocket()
  const conversation = new PageConversation(socket, pageDefaults)
  socket.accept()
  return [conversation, socket]
}
