import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/portable.ts'
import { type Call, openServer, recording, ServerProtocol, settled } from '../opened.ts'
import { closing, frame, plain, summary } from '../wire.ts'
import { client, server } from './ended.ts'

describe('the closing handshake, begun by the peer', () => {
  it('is answered by a server with the code, and the server ends TCP first', () => {
    const { opened, calls, last } = server()
    opened.stream.receive(frame(8, closing(3000, 'bye')))
    expect(summary(opened.stream.sent())).toEqual(['8:3000'])
    expect({ hasEnded: opened.stream.hasEnded, destroyed: opened.stream.destroyed, state: opened.protocol.state }).toEqual({
      hasEnded: true,
      destroyed: 'no',
      state: 2,
    })
    expect(calls.at(-1)).toEqual(['onCloseFrame', 3000, [98, 121, 101]])
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(opened.stream.destroyed).toBe('gracefully')
    expect(last()).toEqual(['onClose', true, 3000, 'bye'])
    expect(opened.protocol.closeInfo).toEqual({ code: 3000, reason: 'bye', wasClean: true, by: 'peer', localCloseCode: 3000 })
    expect(opened.clock.pending).toBe(0)
  })

  it('is answered without a code where there was none', () => {
    const { opened, calls, last } = server()
    opened.stream.receive(frame(8))
    expect(summary(opened.stream.sent())).toEqual(['8:'])
    expect(calls.at(-1)).toEqual(['onCloseFrame', undefined, []])
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(last()).toEqual(['onClose', true, 1005, ''])
  })

  it('is answered with the reason too where that is wanted', () => {
    const { opened } = server({ echoCloseCodeReason: true })
    opened.stream.receive(frame(8, closing(1001, 'grüße')))
    expect(summary(opened.stream.sent())).toEqual(['8:1001 grüße'])
  })

  it('is answered with the reason that came, whatever a hook does with its octets', () => {
    const Moving = class extends ServerProtocol {
      override onCloseFrame(_code: number | undefined, reason: Octets): void {
        reason.fill(0)
        structuredClone(reason, { transfer: [reason.buffer as ArrayBuffer] })
      }
    }
    const { stream } = openServer(Moving, { echoCloseCodeReason: true })
    stream.receive(frame(8, closing(1001, 'bye')))
    expect(summary(stream.sent())).toEqual(['8:1001 bye'])
  })

  it('is answered by a client, which lets the server end TCP', () => {
    const { opened, last } = client()
    opened.stream.receive(plain(8, closing(1000)))
    expect(summary(opened.stream.sent())).toEqual(['8:1000'])
    expect(opened.stream.hasEnded).toBe(false)
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(last()).toEqual(['onClose', true, 1000, ''])
  })

  it('waits for the promise of onCloseFrame before it is answered', async () => {
    let finish = (): void => undefined
    const { opened, last } = server({}, hook => (hook === 'onCloseFrame' ? new Promise(resolve => (finish = resolve)) : undefined))
    opened.stream.receive(frame(8, closing(1000)))
    opened.stream.receiveEnd()
    await settled(opened.clock)
    expect({ length: opened.stream.sent().length, destroyed: opened.stream.destroyed }).toEqual({ length: 0, destroyed: 'no' })
    finish()
    await settled(opened.clock)
    expect(summary(opened.stream.sent())).toEqual(['8:1000'])
    expect(last()).toEqual(['onClose', true, 1000, ''])
  })

  it('comes behind the messages before it, however slow their hooks are', async () => {
    const { opened, calls } = server({}, hook => (hook === 'onMessage' ? Promise.resolve() : undefined))
    opened.stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(8, closing(1000))]))
    await settled(opened.clock)
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onMessage', 'onCloseFrame'])
  })

  it('is answered by the application itself where it closes in onCloseFrame', () => {
    const calls: Call[] = []
    const Closing = class extends recording('messages', calls) {
      override onCloseFrame(): void {
        this.sendClose(4000, 'mine')
      }
    }
    const { stream, clock } = openServer(Closing)
    stream.receive(frame(8, closing(1000)))
    expect(summary(stream.sent())).toEqual(['8:4000 mine'])
    stream.receiveEnd()
    clock.flush()
    expect(calls.at(-1)).toEqual(['onClose', true, 1000, ''])
  })
})

describe('the closing handshake, begun by us', () => {
  it('is clean with the answer, on a server', () => {
    const { opened, last } = server()
    expect(opened.protocol.sendClose(1001, 'going')).toBe(true)
    expect(summary(opened.stream.sent())).toEqual(['8:1001 going'])
    opened.stream.receive(frame(8, closing(1001)))
    expect(opened.stream.hasEnded).toBe(true)
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(last()).toEqual(['onClose', true, 1001, ''])
    expect(opened.protocol.closeInfo).toMatchObject({ by: 'self', localCloseCode: 1001 })
  })

  it('still brings messages and pings that come before the answer, and sends nothing', () => {
    const { opened, calls } = server()
    opened.protocol.sendClose()
    expect(summary(opened.stream.sent())).toEqual(['8:'])
    opened.stream.receive(frame(9, 'p'), frame(1, 'm'))
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onPing', 'onMessage'])
    expect(opened.stream.sent().length).toBe(0)
  })

  it('is begun once', () => {
    const { opened } = server()
    expect([opened.protocol.sendClose(1000), opened.protocol.sendClose(1001)]).toEqual([true, false])
    expect(summary(opened.stream.sent())).toEqual(['8:1000'])
    expect(() => opened.protocol.sendClose(1005)).toThrow('close code 1005 may not be sent')
  })

  it('waits for the end of the frame being streamed, and takes the rest of it', () => {
    const { opened } = server()
    const { protocol, stream } = opened
    protocol.beginMessage(false)
    protocol.beginMessageFrame(4)
    protocol.sendMessageFrameData(Uint8Array.of(97, 98))
    expect(protocol.sendClose(1000)).toBe(true)
    expect([protocol.sendClose(1000), protocol.sendPing()]).toEqual([false, false])
    expect(stream.sent().length).toBe(4)
    expect(protocol.sendMessageFrameData(Uint8Array.of(99, 100, 101))).toBe(-1)
    expect([...stream.sent()]).toEqual([99, 100, 0x88, 2, 3, 0xe8])
    expect(protocol.sendMessageFrameData(Uint8Array.of(1))).toBe(-1)
    expect(protocol.endMessage()).toBe(false)
  })
})

describe('the closing handshake, begun by both', () => {
  it('is done with both close frames, also where ours waits for the end of a frame', () => {
    const { opened, last } = server()
    const { protocol, stream, clock } = opened
    protocol.beginMessage(true)
    protocol.beginMessageFrame(1)
    protocol.sendClose(4000)
    stream.receive(frame(8, closing(4001)))
    expect({ octetsSent: stream.sent().length, hasEnded: stream.hasEnded }).toEqual({ octetsSent: 2, hasEnded: false })
    protocol.sendMessageFrameData(Uint8Array.of(1))
    expect([...stream.sent()]).toEqual([1, 0x88, 2, 0x0f, 0xa0])
    expect(stream.hasEnded).toBe(true)
    stream.receiveEnd()
    clock.flush()
    expect(last()).toEqual(['onClose', true, 4001, ''])
    expect(protocol.closeInfo).toMatchObject({ by: 'peer', localCloseCode: 4000 })
  })
})

describe('the answer to a close frame', () => {
  it('follows the frame being streamed when that is complete', () => {
    const { opened } = server()
    opened.protocol.beginMessage(true)
    opened.protocol.beginMessageFrame(2)
    opened.stream.receive(frame(8, closing(1000)))
    expect(opened.protocol.sendMessageFrameData(Uint8Array.of(1, 2))).toBe(0)
    expect([...opened.stream.sent().subarray(-4)]).toEqual([0x88, 2, 3, 0xe8])
    expect(opened.stream.hasEnded).toBe(true)
  })
})
