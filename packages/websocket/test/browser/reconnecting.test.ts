import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ConnectionOptions, connect, type ReconnectingConnection } from '../../src/browser/connect.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

const sockets: KeptSocket[] = []
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  sockets.splice(0)
})

class KeptSocket extends ScriptSocket {
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
    sockets.push(this)
  }
}

describe('a reconnecting connection on a page', () => {
  it('goes on over the next WebSocket, with what onOpen sends first', async () => {
    const ws = await opened({ onOpen: connection => connection.send('log in'), queue: 5 })
    sockets[0]!.say('one')
    const received = [await ws.receive(), ws.receive()]
    sockets[0]!.end()
    await vi.advanceTimersByTimeAsync(0)
    expect({ isOpen: ws.isOpen, isWritable: ws.isWritable }).toEqual({ isOpen: false, isWritable: false })
    const waits = ws.send('waits')
    await vi.advanceTimersByTimeAsync(1000)
    sockets[1]!.accept('second')
    await waits
    sockets[1]!.say('two')
    expect({
      received: await Promise.all(received),
      sent: sockets.map(({ sent }) => sent),
      subprotocol: ws.subprotocol,
      bufferedAmount: ws.bufferedAmount,
    }).toEqual({ received: ['one', 'two'], sent: [['log in'], ['log in', 'waits']], subprotocol: 'second', bufferedAmount: 0 })
  })

  it('keeps what is sent after the close frame of the server for the next WebSocket', async () => {
    const ws = await opened({ queue: 5 })
    sockets[0]!.hearClose()
    const waits = ws.send('waits')
    sockets[0]!.end(1001)
    await vi.advanceTimersByTimeAsync(1000)
    sockets[1]!.accept()
    await waits
    expect(sockets.map(({ sent }) => sent)).toEqual([[], ['waits']])
  })

  it('takes the end by a code of the server that is final, and the code that this side closes with', async () => {
    const ended = await opened()
    sockets[0]!.end(1008, 'who are you?')
    expect(await ended.closed).toMatchObject({ code: 1008, reason: 'who are you?', wasClean: true, by: 'peer' })
    const closing = await opened()
    const closed = closing.close(3001, 'bye')
    expect(sockets[1]!.closes).toEqual([[3001, 'bye']])
    sockets[1]!.end(3001, 'bye')
    expect(await closed).toMatchObject({ code: 3001, reason: 'bye', wasClean: true, by: 'self' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(2)
  })

  it('is given up when the browser goes offline, does not try meanwhile, and tries at once when it is online again', async () => {
    const events = listenedTo()
    const losses: unknown[] = []
    const ws = await opened({ onLost: ({ reason, retryIn }) => losses.push([reason, retryIn]) })
    vi.stubGlobal('navigator', { onLine: false })
    events.get('offline')!()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect({ losses, dialled: sockets.length, closes: sockets[0]!.closes }).toEqual({
      losses: [['the browser is offline', Infinity]],
      dialled: 1,
      closes: [[]],
    })
    vi.stubGlobal('navigator', { onLine: true })
    events.get('online')!()
    await vi.advanceTimersByTimeAsync(0)
    sockets[1]!.accept()
    await vi.advanceTimersByTimeAsync(0)
    expect(ws.isOpen).toBe(true)
    ws.terminate()
    await ws.closed
    await Promise.resolve()
    expect(events.size).toBe(0)
  })

  it('does not need a network to reach this machine', async () => {
    const events = listenedTo()
    vi.stubGlobal('navigator', { onLine: false })
    const ws = await opened({}, 'ws://localhost/chat')
    events.get('offline')!()
    expect(ws.isOpen).toBe(true)
    sockets[0]!.end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(sockets).toHaveLength(2)
  })

  it('asks for the URL of each connection', async () => {
    let asked = 0
    const ws = await opened({}, async () => `/chat?token=${++asked}`, 'http://page.test/')
    sockets[0]!.end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(sockets.map(({ url }) => url)).toEqual(['ws://page.test/chat?token=1', 'ws://page.test/chat?token=2'])
    ws.terminate()
  })

  it('is given up by its signal, and refuses options that do not exist', async () => {
    const controller = new AbortController()
    const ws = await opened({}, 'ws://test/', undefined, { signal: controller.signal })
    controller.abort()
    expect(sockets[0]!.closes).toEqual([[1000, '']])
    sockets[0]!.end(1000)
    expect(await ws.closed).toMatchObject({ code: 1000 })
    await expect(connect('ws://test/', { socketClass: KeptSocket, reconnect: { onLoss: 1 } as object })).rejects.toThrow(
      'there is no option onLoss of reconnect; did you mean onLost?',
    )
    await expect(connect('ws://test/', { reconnect: true as never })).rejects.toThrow('option reconnect must be an object of options')
  })
})

/** Opens a connection whose tries come after one second. */
async function opened(
  reconnect: NonNullable<ConnectionOptions['reconnect']> = {},
  url: Parameters<typeof connect>[0] = 'ws://test/',
  page?: string,
  options: ConnectionOptions = {},
): Promise<ReconnectingConnection> {
  if (page !== undefined) vi.stubGlobal('location', { href: page })
  const opening = connect(url, { socketClass: KeptSocket, ...options, reconnect: { jitter: 0, ...reconnect } })
  const already = sockets.length
  await vi.waitUntil(() => sockets.length > already)
  sockets[already]!.accept()
  return opening
}

/** Returns the listeners that a page would call, by the names of their events. */
function listenedTo(): Map<string, () => void> {
  const events = new Map<string, () => void>()
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => events.set(type, listener))
  vi.stubGlobal('removeEventListener', (type: string) => events.delete(type))
  return events
}
