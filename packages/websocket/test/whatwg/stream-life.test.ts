import { describe, expect, it } from 'vitest'
import { dialledStream } from '../../src/whatwg/dialled-stream.ts'
import { StreamLife } from '../../src/whatwg/stream-life.ts'
import { WebSocketError } from '../../src/whatwg/web-socket-error.ts'
import type { WebSocketOpenInfo } from '../../src/whatwg/web-socket-stream.ts'
import { MemoryDial } from './memory-dial.ts'

describe('StreamLife', () => {
  it('reads messages and writes them', async () => {
    const { info, peer, clock } = await open()
    peer.writeFrame({ payload: 'text' })
    peer.writeFrame({ opcode: 2, payload: [1, 2] })
    const reader = info.readable.getReader()
    expect([await reader.read(), await reader.read()]).toEqual([
      { done: false, value: 'text' },
      { done: false, value: Uint8Array.of(1, 2) },
    ])
    const writer = info.writable.getWriter()
    await writer.write('out')
    await writer.write(Uint8Array.of(1, 2, 3).buffer)
    await writer.write(5 as unknown as string)
    await clock.settle()
    expect(peer.frames.map(String)).toEqual(['text out', 'binary 3 octets', 'text 5'])
  })

  it('stops the server while nobody reads', async () => {
    const { info, peer, clock } = await open()
    for (let i = 0; i < 40; i++) peer.writeFrame({ opcode: 2, payload: new Uint8Array(100_000) })
    await clock.settle()
    const reader = info.readable.getReader()
    let octets = 0
    for (let i = 0; i < 40; i++) {
      const read = reader.read()
      await clock.settle()
      octets += ((await read).value as Uint8Array).length
    }
    expect(octets).toBe(4_000_000)
  })

  it('waits with a write until there is room', async () => {
    const { info, peer, clock } = await open()
    peer.pause()
    const writer = info.writable.getWriter()
    let isWritten = false
    const written = writer.write(new Uint8Array(200_000)).then(() => {
      isWritten = true
    })
    await clock.settle()
    expect(isWritten).toBe(false)
    peer.resume()
    await clock.settle()
    await written
  })

  it('ends both streams at a clean end', async () => {
    const { life, info, peer, clock } = await open()
    peer.writeFrame({ payload: 'last' })
    peer.writeFrame({ opcode: 8, payload: [0x0f, 0xa0, 0x68, 0x69] })
    peer.end()
    await clock.settle()
    expect(await life.closed).toEqual({ closeCode: 4000, reason: 'hi' })
    const reader = info.readable.getReader()
    expect([await reader.read(), await reader.read()]).toEqual([
      { done: false, value: 'last' },
      { done: true, value: undefined },
    ])
    await expect(info.writable.getWriter().write('late')).rejects.toMatchObject({ name: 'InvalidStateError' })
  })

  it('fails both streams when the connection is lost', async () => {
    const { life, info, peer, clock } = await open()
    const read = info.readable.getReader().read()
    read.catch(() => undefined)
    peer.reset()
    await clock.settle()
    const lost = await life.closed.catch((error: unknown) => error)
    expect(lost).toMatchObject({ name: 'WebSocketError', closeCode: 1006, reason: '' })
    await expect(read).rejects.toBe(lost)
    await expect(info.writable.getWriter().write('late')).rejects.toBe(lost)
  })

  it('does not take an end for clean that came while a message was being written', async () => {
    const { life, info, peer, clock } = await open()
    peer.pause()
    const writer = info.writable.getWriter()
    const written = writer.write(new Uint8Array(200_000))
    written.catch(() => undefined)
    await clock.settle()
    peer.writeFrame({ opcode: 8, payload: [0x11, 0xd7, 0x68, 0x69] })
    peer.resume()
    peer.end()
    await clock.settle()
    const failure = await life.closed.catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'WebSocketError', closeCode: 4567, reason: 'hi' })
    const error = await written.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'InvalidStateError' })
    await expect(writer.write('late')).rejects.toBe(error)
    await expect(info.readable.getReader().read()).rejects.toBe(failure)
  })

  it.each([
    ['closing the writable', (info: WebSocketOpenInfo) => info.writable.close(), 'close 0 octets'],
    ['aborting the writable', (info: WebSocketOpenInfo) => info.writable.abort({ closeCode: 3456 }), 'close 0 octets'],
    ['cancelling the readable', (info: WebSocketOpenInfo) => info.readable.cancel(), 'close 0 octets'],
    [
      'aborting with a WebSocketError',
      (info: WebSocketOpenInfo) => info.writable.abort(new WebSocketError('', { closeCode: 3333 })),
      'close 3333',
    ],
    [
      'cancelling with a reason',
      (info: WebSocketOpenInfo) => info.readable.cancel(new WebSocketError('', { reason: 'thing' })),
      'close 1000 thing',
    ],
  ])('%s closes', async (_, act, frame) => {
    const { info, peer, clock, life } = await open()
    void act(info)
    await clock.settle()
    expect(peer.frames.map(String)).toEqual([frame])
    peer.writeFrame({ payload: 'unread' })
    peer.writeFrame({ opcode: 8, payload: [] })
    peer.end()
    await clock.settle()
    expect(await life.closed).toEqual({ closeCode: 1005, reason: '' })
  })

  it('is closed while messages that nobody reads have stopped the server', async () => {
    const { life, peer, clock } = await open()
    for (let i = 0; i < 40; i++) peer.writeFrame({ opcode: 2, payload: new Uint8Array(100_000) })
    await clock.settle()
    life.close(undefined, '')
    await clock.settle()
    peer.writeFrame({ opcode: 8, payload: [] })
    peer.end()
    await clock.settle()
    expect(await life.closed).toEqual({ closeCode: 1005, reason: '' })
  })

  it('fails where it is closed before it is open', async () => {
    const { life, dial } = begun()
    const { clock } = await dial.server()
    life.close(undefined, '')
    await clock.settle()
    await expect(life.opened).rejects.toBeInstanceOf(WebSocketError)
    await expect(life.closed).rejects.toBeInstanceOf(WebSocketError)
  })

  it('rejects with the reason of its signal, before and while it connects', async () => {
    const reason = new Error('changed my mind')
    const { life, dial } = begun(AbortSignal.abort(reason))
    await expect(life.opened).rejects.toBe(reason)
    await expect(life.closed).rejects.toBe(reason)
    expect(dial.servers).toEqual([])

    const abort = new AbortController()
    const later = begun(abort.signal)
    const { clock } = await later.dial.server()
    abort.abort(reason)
    await clock.settle()
    await expect(later.life.opened).rejects.toBe(reason)
    await expect(later.life.closed).rejects.toBe(reason)
  })

  it('does not heed its signal once it is open', async () => {
    const abort = new AbortController()
    const { info, peer } = await open(abort.signal)
    abort.abort()
    peer.writeFrame({ payload: 'still here' })
    expect(await info.readable.getReader().read()).toEqual({ done: false, value: 'still here' })
  })
})

function begun(signal?: AbortSignal): { life: StreamLife; dial: MemoryDial } {
  const dial = new MemoryDial()
  const url = new URL('ws://test/')
  return { life: new StreamLife(url, dialledStream(url, [], dial.dial), signal), dial }
}

async function open(
  signal?: AbortSignal,
): Promise<{ life: StreamLife; info: WebSocketOpenInfo } & Awaited<ReturnType<MemoryDial['server']>>> {
  const { life, dial } = begun(signal)
  const server = await dial.server()
  server.peer.accept()
  await server.clock.settle()
  return { life, info: await life.opened, ...server }
}
