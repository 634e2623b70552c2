import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { whenFirstOctets } from '../../../src/node/listening/first-octets.ts'

describe('whenFirstOctets', () => {
  it('gives the first octets once, with the socket paused, and leaves no timer', async () => {
    const { socket, clock, got } = made()
    socket.push(Buffer.of(0x7f, 1))
    await new Promise(resolve => setImmediate(resolve))
    expect(got).toEqual([[0x7f, 1]])
    expect([socket.isPaused(), clock.pending]).toEqual([true, 0])
  })

  it('leaves no listener that holds what it was called with', async () => {
    const { socket } = made()
    const own = ['close', 'end', 'data'].map(event => socket.listenerCount(event))
    socket.push(Buffer.of(1))
    await new Promise(resolve => setImmediate(resolve))
    const left = ['close', 'end', 'data'].map(event => socket.listenerCount(event))
    expect(own.map((count, at) => count - left[at]!)).toEqual([1, 1, 1])
  })

  it('drops a client that sends nothing in time', () => {
    const { socket, clock, got } = made()
    clock.advance(5000)
    expect([socket.destroyed, got]).toEqual([true, []])
  })

  it('drops a client that ends before it has said anything', async () => {
    const { socket, got } = made()
    socket.push(null)
    await new Promise(resolve => socket.once('close', resolve))
    expect(got).toEqual([])
  })

  it('survives errors before and after', async () => {
    const { socket, clock } = made()
    socket.destroy(new Error('reset'))
    await new Promise(resolve => socket.once('close', resolve))
    expect(clock.pending).toBe(0)
  })
})

function made() {
  const clock = new FakeClock()
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const got: number[][] = []
  whenFirstOctets(socket as Socket, clock, 5, octets => void got.push([...octets]))
  return { socket, clock, got }
}
