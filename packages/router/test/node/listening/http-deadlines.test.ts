import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { HttpDeadlines } from '../../../src/node/listening/http-deadlines.ts'

describe('HttpDeadlines', () => {
  it('give a client so long for its first request, and 30 s more after each answer for the next', () => {
    const { clock, deadlines, socket, response } = made(3)
    deadlines.begin(socket)
    clock.advance(2999)
    deadlines.requested({ socket } as unknown as IncomingMessage, response)
    clock.advance(100_000)
    expect(socket.destroyed).toBe(false)
    response.emit('close')
    clock.advance(32_999)
    expect(socket.destroyed).toBe(false)
    clock.advance(1)
    expect(socket.destroyed).toBe(true)
  })

  it('stop for a connection that speaks something else, or is gone', () => {
    const { clock, deadlines, socket } = made(3)
    deadlines.begin(socket)
    deadlines.stop(socket)
    expect(clock.pending).toBe(0)
    deadlines.begin(socket)
    socket.emit('close')
    expect(clock.pending).toBe(0)
  })

  it('leave nothing at a connection that speaks something else', () => {
    const { clock, deadlines, socket } = made(3)
    deadlines.begin(socket)
    deadlines.leave(socket)
    expect([clock.pending, socket.listenerCount('close')]).toEqual([0, 0])
  })

  it('are none with 0 seconds', () => {
    const { clock, deadlines, socket } = made(0)
    deadlines.begin(socket)
    expect(clock.pending).toBe(0)
  })
})

function made(seconds: number) {
  const clock = new FakeClock()
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy() {
      this.destroyed = true
    },
  }) as unknown as Duplex
  return { clock, deadlines: new HttpDeadlines(clock, seconds), socket, response: new EventEmitter() as ServerResponse }
}
