import { describe, expect, it } from 'vitest'
import type { ClientOptions, Octets, ServerOptions } from '../../../src/portable.ts'
import { type Call, type Opened, openClient, openServer, recording, recordingClient, ServerProtocol, settled } from '../opened.ts'
import { closing, frame, plain, summary } from '../wire.ts'

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
})

describe('a peer that does not close as it should', () => {
  it('does not answer our close frame: dropped after closeHandshakeTimeout', () => {
    for (const { opened, last } of [server(), client()]) {
      opened.protocol.sendClose(1000)
      opened.clock.advance(4999)
      expect(opened.stream.destroyed).toBe('no')
      opened.clock.advance(1)
      expect(opened.stream.destroyed).toBe('aborted')
      expect(last()).toEqual(['onClose', false, 1006, 'closing handshake not finished within 5 s: the peer did not answer'])
    }
  })

  it('goes on sending, but not its close frame: dropped as well', () => {
    const { opened } = server()
    opened.protocol.sendClose(1000)
    for (let second = 0; second < 5; second++) {
      opened.clock.advance(999)
      opened.stream.receive(frame(2, [1]))
    }
    opened.clock.advance(10)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('is not to blame where the application holds the reading', () => {
    const { opened, last } = server()
    opened.protocol.pauseReceiving()
    opened.protocol.sendClose(1000)
    opened.clock.advance(5000)
    expect(last()).toEqual(['onClose', false, 1006, 'closing handshake not finished within 5 s: the application holds the reading'])
  })

  it('is waited for where closeHandshakeTimeout is 0', () => {
    const { opened } = server({ closeHandshakeTimeout: 0 })
    opened.protocol.sendClose(1000)
    opened.clock.advance(1e9)
    expect(opened.stream.destroyed).toBe('no')
  })

  it('does not end TCP after the handshake, a client: cut off after failLingerTimeout, and still clean', () => {
    const { opened, last } = server()
    opened.stream.receive(frame(8, closing(1000)))
    opened.clock.advance(1000)
    expect(opened.stream.destroyed).toBe('aborted')
    expect(last()).toEqual(['onClose', true, 1000, ''])
  })

  it('does not end TCP after the handshake, a client: never kept for ever, also where failLingerTimeout is 0', () => {
    const { opened } = server({ failLingerTimeout: 0 })
    opened.stream.receive(frame(8, closing(1000)))
    opened.clock.advance(1000)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('does not end TCP after the handshake, a server: cut off after serverConnectionDropTimeout', () => {
    const { opened, last } = client()
    opened.stream.receive(plain(8, closing(1000)))
    opened.clock.advance(999)
    expect(opened.stream.destroyed).toBe('no')
    opened.clock.advance(1)
    expect(opened.stream.destroyed).toBe('aborted')
    expect(last()).toEqual(['onClose', true, 1000, ''])
  })

  it('is waited for by a client whose serverConnectionDropTimeout is 0', () => {
    const { opened } = client({ serverConnectionDropTimeout: 0 })
    opened.stream.receive(plain(8, closing(1000)))
    opened.clock.advance(1e9)
    expect(opened.stream.destroyed).toBe('no')
  })

  it('gets no answer while a frame of ours stays incomplete: dropped after closeHandshakeTimeout', () => {
    const { opened, last } = server()
    opened.protocol.beginMessage(true)
    opened.protocol.beginMessageFrame(2)
    opened.stream.receive(frame(8, closing(1000)))
    opened.clock.advance(5000)
    expect(last()).toEqual(['onClose', false, 1006, "a frame was left incomplete for 5 s after the peer's close frame"])
  })

  it('gets its answer when that frame is complete', () => {
    const { opened } = server()
    opened.protocol.beginMessage(true)
    opened.protocol.beginMessageFrame(2)
    opened.stream.receive(frame(8, closing(1000)))
    expect(opened.protocol.sendMessageFrameData(Uint8Array.of(1, 2))).toBe(0)
    expect([...opened.stream.sent().subarray(-4)]).toEqual([0x88, 2, 3, 0xe8])
    expect(opened.stream.hasEnded).toBe(true)
  })

  it('ends the transport without a close frame', () => {
    const { opened, last } = server()
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(opened.stream.destroyed).toBe('gracefully')
    expect(last()).toEqual(['onClose', false, 1006, 'the transport ended without a close frame'])
    expect(opened.protocol.closeInfo?.by).toBe('network')
  })

  it('resets the transport', () => {
    const { opened, last } = server()
    const reset = new Error('reset')
    opened.stream.close(reset)
    expect(last()).toEqual(['onClose', false, 1006, 'the transport was lost (reset) without a close frame'])
    expect(opened.protocol.closeInfo?.cause).toBe(reset)
    opened.stream.close(reset)
    expect(opened.calls.filter(([hook]) => hook === 'onClose').length).toBe(1)
  })
})

describe('failing a connection', () => {
  it('sends a close frame, ends our side, discards what follows, and waits for the peer to end', () => {
    const { opened, calls, last } = server()
    opened.protocol.failConnection(1008, 'not allowed')
    expect(summary(opened.stream.sent())).toEqual(['8:1008 not allowed'])
    expect({ hasEnded: opened.stream.hasEnded, destroyed: opened.stream.destroyed }).toEqual({ hasEnded: true, destroyed: 'no' })
    opened.stream.receive(frame(2, [1]), frame(9), [0xff, 0xff], frame(8, closing(1000)))
    expect(calls.length).toBe(1)
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(last()).toEqual(['onClose', false, 1006, 'failed with 1008: not allowed'])
    expect(opened.protocol.closeInfo).toMatchObject({ by: 'self', localCloseCode: 1008 })
    expect(opened.stream.sent().length).toBe(0)
  })

  it('waits no longer than failLingerTimeout, and a moment where that is 0', () => {
    for (const [failLingerTimeout, milliseconds] of [
      [1, 1000],
      [0, 100],
    ] as const) {
      const { opened } = server({ failLingerTimeout })
      opened.protocol.failConnection(1008, '')
      opened.clock.advance(milliseconds - 1)
      expect(opened.stream.destroyed).toBe('no')
      opened.clock.advance(1)
      expect(opened.stream.destroyed).toBe('aborted')
      expect(opened.clock.pending).toBe(0)
    }
  })

  it('drops at once with failByDrop, and tells the same reason', () => {
    const { opened, last } = server({ failByDrop: true })
    opened.stream.receive([0x81, 0])
    expect({ length: opened.stream.sent().length, destroyed: opened.stream.destroyed }).toEqual({ length: 0, destroyed: 'aborted' })
    expect(last()).toEqual(['onClose', false, 1006, 'failed with 1002: unmasked client frame'])
    expect(opened.protocol.closeInfo?.cause).toMatchObject({ name: 'PeerMisbehaved', closeCode: 1002 })
  })

  it('drops where our close frame is out already: a second violation', () => {
    const { opened, last } = server()
    opened.protocol.sendClose(1000)
    opened.stream.sent()
    opened.stream.receive([0x81, 0])
    expect({ length: opened.stream.sent().length, destroyed: opened.stream.destroyed }).toEqual({ length: 0, destroyed: 'aborted' })
    expect(last()).toEqual(['onClose', false, 1006, 'failed with 1002: unmasked client frame'])
  })

  it('drops in the middle of a frame of ours, where no close frame could stand', () => {
    const { opened } = server()
    opened.protocol.beginMessage(true)
    opened.protocol.beginMessageFrame(2)
    opened.stream.sent()
    opened.protocol.failConnection(1011, '')
    expect({ length: opened.stream.sent().length, destroyed: opened.stream.destroyed }).toEqual({ length: 0, destroyed: 'aborted' })
  })

  it('is done once, and not on a connection that is gone', () => {
    const { opened } = server()
    opened.protocol.failConnection(1008, 'first')
    opened.protocol.failConnection(1011, 'second')
    expect(summary(opened.stream.sent())).toEqual(['8:1008 first'])
    opened.stream.close()
    opened.protocol.failConnection(1011, 'third')
    expect(opened.protocol.closeInfo?.reason).toBe('failed with 1008: first')
  })

  it('wants a code that may be sent', () => {
    const { opened } = server()
    expect(() => opened.protocol.failConnection(1006, '')).toThrow('close code 1006 may not be sent')
    expect(opened.protocol.isOpen).toBe(true)
  })

  it('is not left half done where the reason is none: it can be failed again', () => {
    const { opened } = server()
    expect(() => opened.protocol.failConnection(1008, undefined as unknown as string)).toThrow('a close reason must be a string')
    opened.protocol.failConnection(1008, 'no')
    expect(summary(opened.stream.sent())).toEqual(['8:1008 no'])
  })

  it('cuts a reason that is too long', () => {
    const { opened } = server()
    opened.protocol.failConnection(1008, 'x'.repeat(1000))
    expect(summary(opened.stream.sent())).toEqual([`8:1008 ${'x'.repeat(123)}`])
  })

  it('calls no hook that waits behind a slow one, and none when that settles', async () => {
    let finish = (): void => undefined
    const slow = (hook: string): Promise<void> | undefined =>
      hook === 'onMessage' ? new Promise(resolve => (finish = resolve)) : undefined
    const { opened, calls } = server({}, slow)
    opened.stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2])]))
    opened.stream.receive(frame(2, new Uint8Array(70_000)))
    opened.stream.receive(frame(9))
    expect(opened.stream.isPaused).toBe(true)
    opened.protocol.failConnection(1008, 'enough')
    expect(summary(opened.stream.sent())).toEqual(['8:1008 enough'])
    expect(opened.stream.isPaused).toBe(false)
    finish()
    await settled(opened.clock)
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage'])
    opened.stream.receiveEnd()
    await settled(opened.clock)
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onClose'])
  })

  it('is not changed by a slow hook that rejects afterwards, which is reported', async () => {
    let fail = (_: Error): void => undefined
    const slow = (hook: string): Promise<void> | undefined =>
      hook === 'onMessage' ? new Promise((_, reject) => (fail = reject)) : undefined
    const { opened, last } = server({}, slow)
    opened.stream.receive(frame(2, [1]))
    opened.protocol.failConnection(1008, 'enough')
    fail(new Error('late'))
    await settled(opened.clock)
    opened.stream.receiveEnd()
    await settled(opened.clock)
    expect(summary(opened.stream.sent())).toEqual(['8:1008 enough'])
    expect(last()).toEqual(['onClose', false, 1006, 'failed with 1008: enough'])
    expect(opened.errors).toEqual([new Error('late')])
  })

  it('happens when the peer has ended already: the transport goes at once', () => {
    const { opened, last } = server({}, hook => (hook === 'onMessage' ? new Promise(() => undefined) : undefined))
    opened.stream.receive(frame(2, [1]))
    opened.stream.receiveEnd()
    expect(opened.stream.destroyed).toBe('no')
    opened.protocol.failConnection(1008, 'enough')
    opened.clock.flush()
    expect(opened.stream.destroyed).toBe('gracefully')
    expect(last()).toEqual(['onClose', false, 1006, 'failed with 1008: enough'])
  })
})

describe('a peer that takes octets slowly', () => {
  for (const [who, open] of [
    ['a client', server],
    ['a server', client],
  ] as const) {
    it(`is waited for while it takes 1 KiB per second: ${who}`, () => {
      const { opened, last } = closingBehind(open, 100 * 1024)
      takeFor(opened, 90)
      expect(opened.stream.destroyed).toBe('no')
      takeFor(opened, 12)
      opened.clock.advance(2500)
      opened.stream.receive((open === server ? frame : plain)(8, closing(1000)))
      opened.stream.receiveEnd()
      opened.clock.flush()
      expect(last()).toEqual(['onClose', true, 1000, ''])
    })

    it(`is ended when it takes nothing for closeHandshakeTimeout: ${who}`, () => {
      const { opened } = closingBehind(open, 100 * 1024)
      opened.clock.advance(4999)
      expect(opened.stream.destroyed).toBe('no')
      opened.clock.advance(1)
      expect(opened.stream.destroyed).toBe('aborted')
    })

    it(`is ended when it takes less on average: ${who}`, () => {
      const { opened } = closingBehind(open, 100 * 1024)
      takeFor(opened, 30, 512)
      expect(opened.stream.destroyed).toBe('aborted')
    })
  }

  it('has closeHandshakeTimeout for its answer from when the close frame has left', () => {
    const { opened } = closingBehind(server, 20 * 1024)
    takeFor(opened, 11, 2048)
    opened.clock.advance(3990)
    expect(opened.stream.destroyed).toBe('no')
    opened.clock.advance(20)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('is given no longer than closeHandshakeTimeout and a second for each KiB', () => {
    const { opened } = closingBehind(server, 20 * 1024)
    opened.stream.drain(1024)
    opened.clock.advance(23_000)
    expect(opened.stream.destroyed).toBe('no')
    opened.clock.advance(2000)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('gets the answer to its close frame behind what it has not read yet', () => {
    const { opened, last } = sendingTo(server, 20 * 1024)
    opened.stream.receive(frame(8, closing(1000)))
    takeFor(opened, 19)
    expect(opened.stream.destroyed).toBe('no')
    opened.stream.drain()
    opened.stream.receiveEnd()
    opened.clock.flush()
    expect(last()).toEqual(['onClose', true, 1000, ''])
  })

  it('gets the close frame of a failure behind what it has not read yet', () => {
    const { opened } = sendingTo(server, 20 * 1024)
    opened.protocol.failConnection(1008, 'enough')
    takeFor(opened, 19)
    expect(opened.stream.destroyed).toBe('no')
    opened.stream.drain()
    opened.clock.advance(1000)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('gets what was sent before the connection was dropped', () => {
    const { opened } = sendingTo(server, 20 * 1024)
    opened.stream.letsGo = false
    opened.protocol.dropConnection()
    takeFor(opened, 19)
    expect(opened.stream.destroyed).toBe('gracefully')
    opened.stream.drain()
    opened.clock.advance(1000)
    expect(opened.stream.destroyed).toBe('aborted')
  })

  it('is not reset while the system may hold octets for it', () => {
    const { opened, last } = sendingTo(server, 200 * 1024)
    opened.stream.hasSystemBuffer = true
    opened.stream.drain()
    opened.protocol.sendClose(1000)
    opened.stream.isStuck = false
    opened.stream.drain()
    opened.clock.advance(60_000)
    expect(opened.stream.destroyed).toBe('gracefully')
    expect(last()).toEqual(['onClose', false, 1006, 'closing handshake not finished within 5 s: the peer did not answer'])
  })
})

describe('dropping a connection', () => {
  it('lets go what was sent, or not with abort', () => {
    for (const [abort, sent] of [
      [false, ['1:a']],
      [true, []],
    ] as const) {
      const { opened, last } = server()
      opened.protocol.sendMessage('a')
      opened.protocol.dropConnection({ abort })
      expect(summary(opened.stream.sent())).toEqual(sent)
      expect(opened.stream.destroyed).toBe(abort ? 'aborted' : 'gracefully')
      expect(last()).toEqual(['onClose', false, 1006, 'dropped by this side'])
    }
  })

  it('cuts off a transport that does not let go, after failLingerTimeout or a moment', () => {
    for (const failLingerTimeout of [1, 0]) {
      const { opened } = server({ failLingerTimeout })
      opened.stream.letsGo = false
      opened.protocol.dropConnection()
      expect(opened.stream.destroyed).toBe('gracefully')
      opened.clock.advance(1000)
      expect(opened.stream.destroyed).toBe('aborted')
    }
  })

  it('is done once', () => {
    const { opened } = server()
    opened.protocol.dropConnection()
    opened.clock.flush()
    opened.protocol.dropConnection({ abort: true })
    expect(opened.stream.destroyed).toBe('gracefully')
  })

  it('calls no more hooks for what came in the same chunk', () => {
    const calls: Call[] = []
    const Dropping = class extends recording('messages', calls) {
      override onMessage(): void {
        calls.push(['dropping'])
        this.dropConnection()
      }
    }
    const { stream, clock } = openServer(Dropping)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(9)]))
    clock.flush()
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'dropping', 'onClose'])
  })
})

type Ended<Protocol> = { opened: Opened<Protocol> & { calls: Call[] }; calls: Call[]; last: () => Call | undefined }

type Opens = typeof server | typeof client

/** So many octets wait for the peer. */
function sendingTo(open: Opens, octets: number) {
  const { opened, last } = open()
  opened.stream.isStuck = true
  opened.protocol.sendMessage(new Uint8Array(octets))
  opened.clock.flush()
  return { opened, last }
}

function closingBehind(open: Opens, octets: number) {
  const sending = sendingTo(open, octets)
  sending.opened.protocol.sendClose(1000)
  return sending
}

/** The peer takes octets, every second as many. */
function takeFor({ stream, clock }: Pick<Ended<unknown>['opened'], 'stream' | 'clock'>, seconds: number, each = 1024): void {
  for (let second = 0; second < seconds; second++) {
    stream.take(each)
    clock.advance(1000)
  }
}

function server(
  options: Partial<ServerOptions> = {},
  answer?: (hook: string) => Promise<void> | undefined,
): Ended<InstanceType<ReturnType<typeof recording>>> {
  const calls: Call[] = []
  const opened = { ...openServer(recording('messages', calls, answer), options), calls }
  return { opened, calls, last: () => calls.at(-1) }
}

function client(options: Partial<ClientOptions> = {}): Ended<InstanceType<ReturnType<typeof recordingClient>>> {
  const calls: Call[] = []
  const opened = { ...openClient(recordingClient('messages', calls), options), calls }
  return { opened, calls, last: () => calls.at(-1) }
}
