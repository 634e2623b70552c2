import { describe, expect, it } from 'vitest'
import { closing, frame, plain } from '../wire.ts'
import { client, closingBehind, sendingTo, server, takeFor } from './ended.ts'

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

  for (const answers of [false, true]) {
    it(`is not to blame while our close frame waits for the end of a frame of ours, and the peer ${answers ? 'closes too' : 'waits'}`, () => {
      const { opened, last } = server()
      opened.protocol.beginMessage(true)
      opened.protocol.beginMessageFrame(2)
      opened.protocol.sendClose(1000)
      if (answers) opened.stream.receive(frame(8, closing(1000)))
      opened.clock.advance(60_000)
      const reason = 'closing handshake not finished within 5 s: our close frame had to wait for something that was not completed'
      expect(last()).toEqual(['onClose', false, 1006, reason])
    })
  }

  it('gets no answer while a frame of ours stays incomplete: dropped after closeHandshakeTimeout', () => {
    const { opened, last } = server()
    opened.protocol.beginMessage(true)
    opened.protocol.beginMessageFrame(2)
    opened.stream.receive(frame(8, closing(1000)))
    opened.clock.advance(5000)
    expect(last()).toEqual(['onClose', false, 1006, "a frame was left incomplete for 5 s after the peer's close frame"])
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
