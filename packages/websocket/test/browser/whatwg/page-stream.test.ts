import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownStreams } from '../../../src/browser/whatwg/web-socket-stream.ts'
import { ScriptSocket } from '../../fixtures/script-socket.ts'

const { WebSocketStream, WebSocketError } = ownStreams()
const platform = globalThis as { WebSocket?: unknown }
const before = platform.WebSocket
const asked: unknown[][] = []
let socket: ScriptSocket & { extensions?: string }

beforeEach(() => {
  asked.length = 0
  platform.WebSocket = function WebSocket(...given: unknown[]) {
    asked.push(given)
    socket = new ScriptSocket()
    return socket
  }
})
afterEach(() => {
  platform.WebSocket = before
})

describe('a WebSocketStream over the platform’s WebSocket', () => {
  it('reads messages and writes them', async () => {
    const stream = new WebSocketStream('https://test/feed', { protocols: ['chat', 'other'] })
    socket.extensions = 'permessage-deflate'
    socket.accept('chat')
    const { readable, writable, protocol, extensions } = await stream.opened
    expect(asked).toEqual([['wss://test/feed', ['chat', 'other']]])
    expect([stream.url, protocol, extensions]).toEqual(['wss://test/feed', 'chat', 'permessage-deflate'])
    socket.say('text', Uint8Array.of(1, 2))
    const reader = readable.getReader()
    expect([(await reader.read()).value, (await reader.read()).value]).toEqual(['text', Uint8Array.of(1, 2)])
    await writable.getWriter().write('out')
    expect(socket.sent).toEqual(['out'])
  })

  it('ends both streams at a clean end, after what had come', async () => {
    const { stream, info } = await open()
    socket.say('last')
    socket.end(4000, 'bye')
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: 'bye' })
    const reader = info.readable.getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'last' })
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('closes with the code and the reason, and discards what was not read', async () => {
    const { stream, info } = await open()
    socket.say('one', 'two')
    stream.close({ closeCode: 4000, reason: 'enough' })
    expect(socket.closes).toEqual([[4000, 'enough']])
    socket.end(4000, 'enough')
    await stream.closed
    const reader = info.readable.getReader()
    // one was read ahead
    expect((await reader.read()).value).toBe('one')
    expect((await reader.read()).done).toBe(true)
  })

  it('closes for a WebSocketError as the reason of an abort', async () => {
    const { info } = await open()
    await info.writable.abort(new WebSocketError('', { closeCode: 3456, reason: 'full' }))
    expect(socket.closes).toEqual([[3456, 'full']])
  })

  it('rejects with a WebSocketError where the connection is lost', async () => {
    const { stream, info } = await open()
    socket.end()
    await expect(stream.closed).rejects.toMatchObject({ name: 'WebSocketError', closeCode: 1006 })
    await expect(info.readable.getReader().read()).rejects.toBeInstanceOf(WebSocketError)
  })

  it('rejects where the connection cannot be opened, and with the reason of the signal', async () => {
    const failed = new WebSocketStream('ws://test')
    socket.end()
    await expect(failed.opened).rejects.toMatchObject({ name: 'WebSocketError' })
    const ending = new AbortController()
    const aborted = new WebSocketStream('ws://test', { signal: ending.signal })
    ending.abort(new Error('too late'))
    await expect(aborted.opened).rejects.toThrow('too late')
    expect(socket.closes).toEqual([[]])
  })

  it('rejects where the runtime has no WebSocket', async () => {
    platform.WebSocket = undefined
    await expect(new WebSocketStream('ws://test').opened).rejects.toMatchObject({
      name: 'WebSocketError',
      message: expect.stringContaining('has no WebSocket'),
    })
  })

  it('fails with 4008 where nobody reads what comes', async () => {
    const { stream } = await open()
    for (let i = 0; i < 6; i++) socket.say(new Uint8Array(1_000_000))
    expect(socket.closes).toEqual([[4008, 'messages that nobody has received take more than 4194304 octets']])
    socket.end(4008)
    await expect(stream.closed).rejects.toMatchObject({ name: 'WebSocketError' })
  })
})

async function open() {
  const stream = new WebSocketStream('ws://test')
  socket.accept('')
  return { stream, info: await stream.opened }
}
