import { describe, expect, it } from 'vitest'
import { settled } from '../opened.ts'
import { closing, frame, summary } from '../wire.ts'
import { server } from './ended.ts'

describe('the closing handshake, begun by us while hooks wait that come before the close frame of the peer', () => {
  it('calls these hooks before the transport is ended', async () => {
    const finish: (() => void)[] = []
    const { opened, calls } = server({}, hook => (hook === 'onMessage' ? new Promise(resolve => finish.push(resolve)) : undefined))
    const { protocol, stream, clock } = opened
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(8, closing(4001))]))
    expect(protocol.sendClose(4000)).toBe(true)
    expect(summary(stream.sent())).toEqual(['8:4000'])
    stream.receiveEnd()
    for (let i = 0; i < 2; i++) {
      await settled(clock)
      expect({ hasEnded: stream.hasEnded, destroyed: stream.destroyed }).toEqual({ hasEnded: false, destroyed: 'no' })
      finish[i]!()
    }
    await settled(clock)
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onMessage', 'onCloseFrame', 'onClose'])
    expect(protocol.closeInfo).toMatchObject({ wasClean: true, code: 4001, localCloseCode: 4000 })
  })

  it('does not wait for hooks that take too long', async () => {
    const { opened, last } = server({}, hook => (hook === 'onMessage' ? new Promise(() => undefined) : undefined))
    const { protocol, stream, clock } = opened
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(8, closing(4001))]))
    protocol.sendClose(4000)
    clock.advance(2500)
    expect(stream.hasEnded).toBe(true)
    stream.receiveEnd()
    clock.flush()
    expect(last()).toEqual(['onClose', true, 4001, ''])
  })

  it('calls them as long as one follows the other, also where our last octets leave meanwhile', async () => {
    const finish: (() => void)[] = []
    const { opened, calls } = server({}, hook => (hook === 'onMessage' ? new Promise(resolve => finish.push(resolve)) : undefined))
    const { protocol, stream, clock } = opened
    stream.isStuck = true
    protocol.sendMessage(new Uint8Array(20 * 1024))
    clock.flush()
    protocol.sendClose(4000)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(2, [3]), ...frame(2, [4]), ...frame(8, closing(4001))]))
    stream.drain()
    for (let i = 0; i < 4; i++) {
      clock.advance(2000)
      expect({ hook: i, destroyed: stream.destroyed }).toEqual({ hook: i, destroyed: 'no' })
      finish[i]!()
      await settled(clock)
    }
    stream.receiveEnd()
    clock.flush()
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onMessage', 'onMessage', 'onMessage', 'onCloseFrame', 'onClose'])
    expect(protocol.closeInfo).toMatchObject({ wasClean: true, code: 4001, localCloseCode: 4000 })
  })
})

describe('the hooks in front of the answer to a close frame', () => {
  it('are given up at once where only those of the end wait, and the application has paused', () => {
    const { opened, calls } = server()
    opened.protocol.pauseReceiving()
    opened.stream.receive(frame(8, closing(1000)))
    expect(summary(opened.stream.sent())).toEqual(['8:1000'])
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen'])
  })

  it('are given up where an application that has paused holds messages for 2.5 s, or half of closeHandshakeTimeout', () => {
    for (const [closeHandshakeTimeout, milliseconds] of [
      [5, 2500],
      [0, 2500],
      [2, 1000],
    ] as const) {
      const { opened } = server({ closeHandshakeTimeout })
      opened.protocol.pauseReceiving()
      opened.stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(8, closing(1000))]))
      opened.clock.advance(milliseconds - 1)
      expect(summary(opened.stream.sent())).toEqual([])
      opened.clock.advance(1)
      expect(summary(opened.stream.sent())).toEqual(['8:1000'])
    }
  })
})
