import { connect, type Socket } from 'node:net'
import { JsonSerializer } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { ArrivalTurns, arrivalsInTurn } from '../../../src/node/listening/arrival-turns.ts'
import { listen } from '../../../src/node/listening/listen.ts'

describe('ArrivalTurns', () => {
  it('lets in at once as many as may come in one turn, and the others in later turns in their order', () => {
    const { arrivals, turn, isIdle } = made()
    const entered: number[] = []
    for (let n = 0; n < 3 * arrivalsInTurn - 1; n++) arrivals.arrive(() => entered.push(n))
    expect(entered).toHaveLength(arrivalsInTurn)
    turn()
    expect(entered).toHaveLength(2 * arrivalsInTurn)
    turn()
    expect(entered).toEqual(Array.from({ length: 3 * arrivalsInTurn - 1 }, (_, n) => n))
    arrivals.arrive(() => entered.push(-1))
    expect(entered.at(-1)).toBe(-1)
    turn()
    turn()
    expect(isIdle()).toBe(true)
  })

  it('keeps those that come between two turns behind those that wait', () => {
    const { arrivals, turn } = made()
    const entered: string[] = []
    for (let n = 0; n < 3 * arrivalsInTurn; n++) arrivals.arrive(() => entered.push('early'))
    turn()
    arrivals.arrive(() => entered.push('late'))
    expect(entered).not.toContain('late')
    turn()
    expect(entered).toHaveLength(3 * arrivalsInTurn)
    turn()
    expect(entered.at(-1)).toBe('late')
  })

  it('has a client that comes from within another one wait for its place', () => {
    const { arrivals, turn } = made()
    let entered = 0
    const again = (): void => {
      entered++
      arrivals.arrive(again)
    }
    arrivals.arrive(again)
    expect(entered).toBe(arrivalsInTurn)
    turn()
    expect(entered).toBe(2 * arrivalsInTurn)
  })
})

it('a listener lets in clients that begin to speak at once in several turns, and all of them', async () => {
  const count = 5 * arrivalsInTurn
  const perTurn = new Map<number, number>()
  let turn = 0
  let isOver = false
  const next = (): void => {
    turn++
    if (!isOver) setImmediate(next)
  }
  setImmediate(next)
  const accepted = await new Promise<number>(resolve => {
    let all = 0
    const router = {
      accept: () => {
        perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1)
        if (++all === count) resolve(all)
      },
      cookies: undefined,
    }
    void listen(router, { port: 0, serializers: [new JsonSerializer()] }).then(async listener => {
      const sockets = await Promise.all(Array.from({ length: count }, () => connected(listener.port!)))
      // the system hands over one connection in a turn; these begin to speak together
      while (listener.connectionCount < count) await new Promise(setImmediate)
      for (const socket of sockets) socket.write(request)
      closing = async () => {
        for (const socket of sockets) socket.destroy()
        await listener.close({ timeout: 0 })
      }
    })
  })
  isOver = true
  await closing()
  expect(accepted).toBe(count)
  // one share where those that wait are let in, and what is left of another where the sockets are read
  expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(2 * arrivalsInTurn)
})

let closing: () => Promise<void> = async () => {}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function made() {
  let next: (() => void)[] = []
  const arrivals = new ArrivalTurns({ yield: callback => void next.push(callback) })
  const turn = (): void => {
    const now = next
    next = []
    for (const callback of now) callback()
  }
  return { arrivals, turn, isIdle: () => next.length === 0 }
}

const request =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n'
