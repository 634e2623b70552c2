import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { massConnect } from '../../src/fuzzing/mass-connect.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'

const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('massConnect', () => {
  it('opens many connections at once and measures the time of each', async () => {
    const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
    ends.push(() => listener.close())
    let told = 0
    const report = await massConnect({ url: listener.url, connections: 300, atOnce: 50, onConnection: () => told++ })
    expect(report).toMatchObject({ wanted: 300, opened: 300, failures: [], lost: 0 })
    expect(told).toBe(300)
    const { shortest, median, p90, p99, longest } = report.timeToOpen!
    expect([shortest, median, p90, p99, longest].toSorted((a, b) => a - b)).toEqual([shortest, median, p90, p99, longest])
    expect(report.perSecond).toBeCloseTo((300 / report.elapsed) * 1000)
  })

  it('keeps to a rate', async () => {
    const url = await server(upgrade)
    const report = await massConnect({ url, connections: 21, rate: 100 })
    expect(report.opened).toBe(21)
    expect(report.elapsed).toBeGreaterThanOrEqual(199)
  })

  it('counts failures by reason, and connections that do not stay open', async () => {
    let nth = 0
    const url = await server((socket, key) => {
      nth++
      if (nth % 3 === 0) socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
      else upgrade(socket, key)
      if (nth === 4) setImmediate(() => socket.destroy())
    })
    const report = await massConnect({ url, connections: 12, atOnce: 1 })
    expect(report).toMatchObject({ opened: 8, lost: 1, failures: [{ reason: 'status 503 instead of 101', count: 4 }] })
    const unreachable = await massConnect({ url: 'ws://127.0.0.1:1', connections: 3 })
    expect(unreachable).toMatchObject({ opened: 0, failures: [{ count: 3 }] })
    expect(unreachable).not.toHaveProperty('timeToOpen')
  })

  it('cuts off a server that does not end its connections', async () => {
    const url = await server(upgrade)
    const patient = massConnect({ url: await server(upgrade), connections: 5, pace: { close: 3600 } })
    const impatient = massConnect({ url, connections: 5, pace: { close: 0.2 } })
    expect(await Promise.race([patient, impatient.then(() => 'cut off')])).toBe('cut off')
  })

  it('gives up the handshakes that are in progress at an abort, and keeps to the connections that are open', async () => {
    let [requests, done] = [0, 0]
    const ending = new AbortController()
    const look = (): void => {
      if (requests === 3 && done === 1) ending.abort()
    }
    const url = await server((socket, key) => {
      // one is answered, the others wait
      if (requests++ === 0) upgrade(socket, key)
      look()
    })
    // far above the time of a test
    const pace = { opening: 3600, close: 0.1 }
    const onConnection = (): void => {
      done++
      look()
    }
    const report = await massConnect({ url, connections: 3, atOnce: 3, pace, signal: ending.signal, onConnection })
    expect(report.opened).toBe(1)
    expect(report.failures.map(({ count }) => count)).toEqual([2])
    expect(report.lost).toBe(0)
  })

  it('begins no further connection after an abort', async () => {
    const url = await server(upgrade)
    const ending = new AbortController()
    const onConnection = (done: number): void => {
      if (done === 5) ending.abort()
    }
    const report = await massConnect({
      url,
      connections: 1000,
      rate: 50,
      atOnce: 1,
      pace: { close: 0.1 },
      signal: ending.signal,
      onConnection,
    })
    expect(report.opened).toBe(5)
  })
})

function upgrade(socket: Socket, key: string): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
  )
}

/** Starts a server of a few lines, which answers each request once and then sends nothing. */
async function server(respond: (socket: Socket, key: string) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const listening = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', head => respond(socket, /sec-websocket-key: (.*)\r\n/i.exec(head.toString('latin1'))?.[1] ?? ''))
  })
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  ends.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => listening.close(resolve))
  })
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `ws://127.0.0.1:${address.port}`
}
