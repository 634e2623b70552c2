import { describe, expect, it } from 'vitest'
import { checkOpen, Left, sendFrame, sendWhole, sendWholeWith } from '../../src/conversation/send-whole.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { talk } from './talk.ts'

describe('sendWhole', () => {
  it('leaves nothing to wait for after a message that there was room for', async () => {
    const { ws, protocol } = await echoed()
    expect(sendWhole(protocol, 'text')).toBe(Left.Nothing)
    expect(sendWhole(protocol, Uint8Array.of(1, 2))).toBe(Left.Nothing)
    expect([await ws.receive(), await ws.receive()]).toEqual(['text', Uint8Array.of(1, 2)])
  })

  it('leaves room to wait for after a message that went above the high-water mark', async () => {
    const { protocol } = await echoed()
    expect(sendWhole(protocol, 'x'.repeat(1024 * 1024))).toBe(Left.Room)
  })

  it('leaves the octets to wait for where a server sends many of them by reference', async () => {
    const { server } = await talk(ws => ws.closed)
    expect(sendWhole(server, new Uint8Array(100 * 1024))).toBe(Left.Octets)
  })

  it('throws when the connection is closing, and when it has closed', async () => {
    const { ws, protocol } = await echoed()
    const closed = ws.close()
    expect(() => sendWhole(protocol, 'late')).toThrow(new ConnectionClosed(1006, 'the connection is closing'))
    await closed
    expect(() => sendWhole(protocol, 'later')).toThrow(new ConnectionClosed(1000, 'connection closed with 1000'))
    expect(() => sendWholeWith(protocol, 'later', {})).toThrow(ConnectionClosed)
    expect(() => checkOpen(protocol)).toThrow(ConnectionClosed)
  })
})

describe('sendWholeWith', () => {
  it('sends octets as text where that is asked for', async () => {
    const { ws, protocol } = await echoed()
    expect(sendWholeWith(protocol, Uint8Array.of(0x61), { binary: false })).toBe(Left.Nothing)
    expect(await ws.receive()).toBe('a')
  })

  it('sends a copy of octets that would go by reference', async () => {
    const { ws, protocol } = await echoed()
    const octets = new Uint8Array(16 * 1024)
    sendWholeWith(protocol, octets, { fragmentSize: 10_000 })
    octets.fill(1)
    expect(await ws.receive()).toEqual(new Uint8Array(16 * 1024))
  })
})

describe('sendFrame', () => {
  it('sends a frame of a message that was begun', async () => {
    const { ws, protocol } = await echoed()
    protocol.beginMessage(true)
    expect(sendFrame(protocol, Uint8Array.of(1))).toBe(Left.Nothing)
    expect(sendFrame(protocol, Uint8Array.of(2))).toBe(Left.Nothing)
    protocol.endMessage()
    expect(await ws.receive()).toEqual(Uint8Array.of(1, 2))
  })
})

function echoed(): ReturnType<typeof talk> {
  return talk(async ws => {
    for await (const message of ws) await ws.send(message)
  })
}
