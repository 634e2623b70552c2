import { describe, expect, it } from 'vitest'
import { settled } from '../opened.ts'
import { closing, frame, summary } from '../wire.ts'
import { server } from './ended.ts'

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

  it('happens once, and not on a connection that is gone', () => {
    const { opened } = server()
    opened.protocol.failConnection(1008, 'first')
    opened.protocol.failConnection(1011, 'second')
    expect(summary(opened.stream.sent())).toEqual(['8:1008 first'])
    opened.stream.close()
    opened.protocol.failConnection(1011, 'third')
    expect(opened.protocol.closeInfo?.reason).toBe('failed with 1008: first')
  })

  it('refuses a close code that may not be sent', () => {
    const { opened } = server()
    expect(() => opened.protocol.failConnection(1006, '')).toThrow('close code 1006 may not be sent')
    expect(opened.protocol.isOpen).toBe(true)
  })

  it('changes nothing when the reason is refused: the connection can be failed again', () => {
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
