import { describe, expect, it } from 'vitest'
import { millisecondsFor, SendingProgress } from '../../../src/protocol/sending/sending-progress.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'

describe('SendingProgress', () => {
  it('counts what the system has taken since it began', () => {
    const { progress, send } = make()
    send(1000, 400)
    progress.begin()
    send(500, 100)
    expect({ taken: progress.taken, unsent: progress.unsent }).toEqual({ taken: 800, unsent: 100 })
  })

  it('is moving at 1 KiB per second, and not below', () => {
    const { clock, progress, send } = make()
    send(100_000, 100_000)
    progress.begin()
    clock.pass(10_000)
    send(0, 100_000 - 10_239)
    expect(progress.isMoving).toBe(false)
    send(0, 100_000 - 10_240)
    expect(progress.isMoving).toBe(true)
  })

  it('is moving where everything has gone that waited when it began, however little it was', () => {
    const { clock, progress, send } = make()
    send(10, 10)
    progress.begin()
    clock.pass(10_000)
    send(10, 10)
    expect(progress.isMoving).toBe(true)
    progress.begin()
    expect(progress.isMoving).toBe(false)
  })

  it('gives a second more for each KiB taken', () => {
    const { clock, progress, send } = make()
    send(100_000, 100_000)
    progress.begin()
    clock.pass(1000)
    expect(progress.timeLeft(5000)).toBe(4000)
    send(0, 100_000 - 2048)
    expect(progress.timeLeft(5000)).toBe(6000)
    expect(millisecondsFor(2048)).toBe(2000)
  })

  it('expects the first octets to be taken late where the system takes many at once', () => {
    const { stream, progress, send } = make()
    stream.hasSystemBuffer = true
    send(3_000_000, 1_000_000)
    progress.begin()
    expect(progress.timeLeft(1000)).toBe(7000)
    send(0, 0)
    expect(progress.timeLeft(0)).toBeGreaterThan(900_000)
  })

  it('knows what may still be on its way: only where there is a system that keeps it', () => {
    const { clock, stream, progress, send } = make()
    send(1_000_000, 500_000)
    progress.begin()
    clock.pass(2000)
    send(0, 0)
    expect({ heldBySystem: progress.heldBySystem, timeToRead: progress.timeToRead, mayBeOnTheWay: progress.mayBeOnTheWay }).toEqual({
      heldBySystem: 0,
      timeToRead: 0,
      mayBeOnTheWay: false,
    })
    stream.hasSystemBuffer = true
    expect({ heldBySystem: progress.heldBySystem, timeToRead: progress.timeToRead, mayBeOnTheWay: progress.mayBeOnTheWay }).toEqual({
      heldBySystem: 1_000_000,
      timeToRead: 8000,
      mayBeOnTheWay: true,
    })
    send(1, 1)
    expect(progress.mayBeOnTheWay).toBe(false)
  })

  it('gives a peer with a system before it a minute more to take something', () => {
    const { clock, stream, progress, send } = make()
    send(1_000_000, 500_000)
    progress.begin()
    clock.pass(10_000)
    expect(progress.timeToMove(5000)).toBe(Number.POSITIVE_INFINITY)
    stream.hasSystemBuffer = true
    expect(progress.timeToMove(5000)).toBe(55_000)
    send(0, 400_000)
    expect(progress.timeToMove(5000)).toBe(55_000)
    progress.look()
    expect(progress.timeToMove(5000)).toBe(65_000)
  })

  it('goes by the exact count where the stream has one', () => {
    const { stream, progress, send } = make()
    send(1000, 1000)
    progress.begin()
    Object.assign(stream, { unsentOctets: 10 })
    expect({ unsent: progress.unsent, taken: progress.taken }).toEqual({ unsent: 10, taken: 990 })
  })
})

function make() {
  const clock = new FakeClock()
  const stream = new FakeStream(clock)
  const source = { handed: 0 }
  const progress = new SendingProgress(stream, source, clock)
  /** So many octets are written, and so many of all are unsent. */
  const send = (octets: number, unsent: number): void => {
    source.handed += octets
    stream.bufferedAmount = unsent
  }
  return { clock, stream, progress, send }
}
