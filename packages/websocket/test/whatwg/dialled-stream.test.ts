import { describe, expect, it } from 'vitest'
import { dialledStream } from '../../src/whatwg/dialled-stream.ts'
import { MemoryDial } from './memory-dial.ts'

const url = new URL('ws://test/feed')

describe('dialledStream', () => {
  it('opens a connection over the core, and tells of the close frame before the end', async () => {
    const dial = new MemoryDial()
    const frames: unknown[] = []
    const opening = dialledStream(url, ['a'], dial.dial)(new AbortController().signal, (code, reason) => frames.push([code, reason.length]))
    const { peer, clock } = await dial.server()
    peer.accept('Sec-WebSocket-Protocol: a')
    await clock.settle()
    const connection = await opening
    expect([connection.subprotocol, connection.extensions]).toEqual(['a', ''])
    await connection.send('out')
    peer.writeFrame({ payload: 'in' })
    peer.writeFrame({ opcode: 8, payload: [0x0f, 0xa0] })
    peer.end()
    await clock.settle()
    expect(frames).toEqual([[4000, 0]])
    expect(await connection.closed).toMatchObject({ code: 4000, wasClean: true })
    const seen: unknown[] = []
    for await (const message of connection) seen.push(message)
    expect(seen).toEqual(['in'])
  })

  it('throws for options at once, and rejects for a URL that no server has', async () => {
    const wrong = new MemoryDial({ maxMessagePayloadSize: -1 })
    expect(() => dialledStream(url, [], wrong.dial)).toThrow('maxMessagePayloadSize')
    const open = dialledStream(new URL('ws://test:0/'), [], new MemoryDial().dial)
    await expect(open(new AbortController().signal, () => {})).rejects.toMatchObject({ name: 'HandshakeFailed' })
  })
})
