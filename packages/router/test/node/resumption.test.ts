import { type AddressInfo, connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { type Client, connect } from '@autobahn-ts/wamp'
import { resumption } from '@autobahn-ts/wamp/resumption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'

let listener: RouterListener
let other: Client
const relays: CuttingRelay[] = []

beforeAll(async () => {
  listener = await listen(createRouter({ realms: { realm1: { resumption: true } } }), { port: 0 })
  other = await connect(`rs://127.0.0.1:${listener.port}`, { realm: 'realm1' })
})

afterAll(async () => {
  await other.close()
  for (const relay of relays) relay.close()
  await listener.close({ timeout: 0 })
})

/** Octets that the scenario takes in either direction, and those of one resumption. */
const [scenarioOctets, resumeOctets] = [700, 900]

describe.each(['ws', 'rs', 'http'] as const)('a client over %s', scheme => {
  it('sees the same wherever its connection is cut, once or twice', { timeout: 120_000 }, async () => {
    const cuts: Cut[][] = []
    const stride = scheme === 'http' ? 40 : 17
    for (const direction of ['up', 'down'] as const) {
      for (let octets = 1; octets < scenarioOctets; octets += stride) {
        // the second cut moves through the resumption, in both directions
        const again = (octets * 7) % resumeOctets
        cuts.push(
          [{ direction, octets }],
          [
            { direction, octets },
            { direction: octets % 2 === 0 ? 'up' : 'down', octets: again },
          ],
        )
      }
    }
    let cutConnections = 0
    for (let n = 0; n < cuts.length; n += atOnce) {
      const some = await Promise.all(cuts.slice(n, n + atOnce).map((all, k) => play(scheme, `com.example.${scheme}.n${n + k}`, all)))
      for (const each of some) cutConnections += each
    }
    // the scenario is long enough for the cuts to happen
    expect(cutConnections).toBeGreaterThan(cuts.length / 2)
  })
})

/** Plays a scenario over a relay that cuts, and returns the number of connections that it has cut. */
async function play(scheme: 'ws' | 'rs' | 'http', prefix: string, cuts: readonly Cut[]): Promise<number> {
  const relay = await CuttingRelay.to(listener.port!)
  relays.push(relay)
  let losses = 0
  const client = await connect(`${scheme}://127.0.0.1:${relay.port}${scheme === 'http' ? '/lp' : ''}`, {
    realm: 'realm1',
    resumption: resumption(),
    onLost: () => {
      losses++
    },
  })
  const { id } = client.session!
  const numbers = [0, 1, 2, 3]
  const [down, up, calls] = [new Collected(numbers.length), new Collected(numbers.length), new Collected(numbers.length)]
  await client.subscribe<[n: number]>(`${prefix}.down`, ({ args: [n] }) => down.add(n))
  await other.subscribe<[n: number]>(`${prefix}.up`, ({ args: [n] }) => up.add(n))
  await client.serve({ [`${prefix}.mine`]: (n: number) => calls.add(n) })
  await other.serve({ [`${prefix}.echo`]: (n: number) => n })
  relay.cuts.push(...cuts)
  const answers: Promise<unknown>[] = []
  for (const n of numbers) {
    other.publish(`${prefix}.down`, [n])
    client.publish(`${prefix}.up`, [n])
    answers.push(client.call(`${prefix}.echo`, [n]), other.call(`${prefix}.mine`, [n]))
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(await Promise.all(answers), JSON.stringify(cuts)).toEqual(numbers.flatMap(n => [n, n]))
  await Promise.all([down.complete, up.complete])
  // one more round trip brings whatever would come twice
  await client.call(`${prefix}.echo`, [9])
  await other.call(`${prefix}.mine`, [9])
  expect({ down: down.all, up: up.all, calls: calls.all }, JSON.stringify(cuts)).toEqual({
    down: numbers,
    up: numbers,
    calls: [...numbers, 9],
  })
  expect([client.session!.id, losses], JSON.stringify(cuts)).toEqual([id, 0])
  await client.close()
  relay.close()
  return cuts.length - relay.cuts.length
}

/** Numbers that arrive. */
class Collected {
  readonly all: number[] = []
  readonly complete: Promise<void>
  readonly #wanted: number
  #isComplete: () => void = () => {}

  constructor(wanted: number) {
    this.#wanted = wanted
    this.complete = new Promise(resolve => {
      this.#isComplete = resolve
    })
  }

  add(n: number): number {
    if (this.all.push(n) === this.#wanted) this.#isComplete()
    return n
  }
}

/** A place to cut a connection: after so many octets to the router (`up`) or to the client (`down`). */
interface Cut {
  readonly direction: 'up' | 'down'
  readonly octets: number
}

/** A network that hands on as many octets as it may, and then resets the connection on both sides. */
class CuttingRelay {
  /** The cuts that are still to come; each is for one connection. */
  readonly cuts: Cut[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  static async to(port: number): Promise<CuttingRelay> {
    const relay = new CuttingRelay(port)
    await new Promise<void>(resolve => relay.#server.listen(0, '127.0.0.1', resolve))
    return relay
  }

  constructor(port: number) {
    this.#server = createServer(client => {
      const router = connectSocket({ port, host: '127.0.0.1' })
      this.#join(client, router)
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #join(client: Socket, router: Socket): void {
    const passed = { up: 0, down: 0 }
    let cut: Cut | undefined
    const reset = (): void => {
      for (const socket of [client, router]) socket.resetAndDestroy()
    }
    const pass = (direction: Cut['direction'], to: Socket) => (data: Buffer) => {
      if (cut === undefined && this.cuts.length > 0) {
        cut = this.cuts[0]
        passed.up = 0
        passed.down = 0
      }
      const left = cut?.direction === direction ? cut.octets - passed[direction] : Number.POSITIVE_INFINITY
      passed[direction] += data.length
      to.write(data.subarray(0, Math.max(0, left)))
      if (left > data.length) return
      if (this.cuts[0] === cut) this.cuts.shift()
      // what was written before leaves first
      setImmediate(reset)
      client.pause()
      router.pause()
    }
    client.on('data', pass('up', router)).on('close', () => router.destroy())
    router.on('data', pass('down', client)).on('close', () => client.destroy())
    for (const socket of [client, router]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true).on('error', () => {})
    }
  }
}

/** Clients at the same time: most of their time they wait for the next try. */
const atOnce = 30
