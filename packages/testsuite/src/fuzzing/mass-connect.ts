import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import { openAsClient, type ServerPlace, Unreachable } from '../run/open-as-client.ts'
import { type Pace, usualPace } from '../run/pace.ts'
import { closePayload } from '../wire/close-payload.ts'
import { encodeFrame, Opcode } from '../wire/frame.ts'
import { checkNames } from './check-names.ts'

export interface MassConnectOptions {
  /** The address of the server, with `ws:` or `wss:`. */
  readonly url: string
  /** The number of connections to open; they stay open until the last one is. */
  readonly connections: number
  /** The number of connections to begin per second. Default: as many as `atOnce` allows. */
  readonly rate?: number
  /** The number of opening handshakes that may be in progress at the same time. Default: 100. */
  readonly atOnce?: number
  readonly pace?: Partial<Pick<Pace, 'opening' | 'close'>>
  /** TLS settings for `wss:`. Default: the certificate of the server has to be one that this machine trusts. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>
  /** Called for each connection that is open or has failed. */
  readonly onConnection?: (done: number) => void
  /** Ends the run: no further connections are begun. */
  readonly signal?: AbortSignal
}

export interface MassConnectReport {
  readonly wanted: number
  readonly opened: number
  /** The reasons for failed connections, the most frequent first. */
  readonly failures: readonly { readonly reason: string; readonly count: number }[]
  /** The number of connections that ended before all were open. */
  readonly lost: number
  /** Milliseconds from the first attempt to the end of the last. */
  readonly elapsed: number
  /** Connections opened per second. */
  readonly perSecond: number
  /** Milliseconds from the attempt to the end of the opening handshake; missing if none was opened. */
  readonly timeToOpen?: Percentiles
}

export interface Percentiles {
  readonly shortest: number
  readonly median: number
  readonly p90: number
  readonly p99: number
  readonly longest: number
}

/** Opens many connections to a server and reports how many opened, how fast, and why others did not. Closes all of them at the end. */
export async function massConnect(options: MassConnectOptions): Promise<MassConnectReport> {
  checkNames<MassConnectOptions>(options, names, 'massConnect')
  const run = new MassConnect(options)
  try {
    return await run.report()
  } finally {
    await run.close()
  }
}

class MassConnect {
  readonly #options: MassConnectOptions
  readonly #pace: Pace
  readonly #place: ServerPlace
  readonly #open = new Set<Socket>()
  readonly #times: number[] = []
  readonly #failures = new Map<string, number>()
  #begun = 0
  #done = 0
  #lost = 0
  #isClosing = false

  constructor(options: MassConnectOptions) {
    this.#options = options
    this.#pace = { ...usualPace, ...options.pace }
    const { url, signal, tls: { rejectUnauthorized, ...certificates } = {} } = options
    this.#place = { url, tls: { ...certificates, insecure: rejectUnauthorized === false }, ...(signal && { signal }) }
  }

  async report(): Promise<MassConnectReport> {
    const { connections, atOnce = 100 } = this.#options
    const started = performance.now()
    await Promise.all(Array.from({ length: Math.min(atOnce, connections) }, () => this.#openMore(started)))
    const elapsed = performance.now() - started
    const failures = [...this.#failures].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
    const timeToOpen = percentiles(this.#times)
    return {
      wanted: connections,
      opened: this.#times.length,
      failures,
      lost: this.#lost,
      elapsed,
      perSecond: (this.#times.length / elapsed) * 1000,
      ...(timeToOpen !== undefined && { timeToOpen }),
    }
  }

  /** Does one handshake after the other; `atOnce` of these loops run at the same time. */
  async #openMore(started: number): Promise<void> {
    const { connections, rate, onConnection } = this.#options
    while (this.#begun < connections && !this.#isTold) {
      const nth = this.#begun++
      if (rate !== undefined) await until(started + (nth / rate) * 1000, this.#options.signal)
      if (this.#isTold) return
      await this.#openOne()
      onConnection?.(++this.#done)
    }
  }

  get #isTold(): boolean {
    return this.#options.signal?.aborted === true
  }

  async #openOne(): Promise<void> {
    const began = performance.now()
    try {
      const opened = await openAsClient(this.#place, {}, this.#pace)
      if (opened.kind !== 'opened') return this.#failed(opened.kind === 'refused' ? opened.reason : 'the server declined')
      this.#times.push(performance.now() - began)
      this.#keep(opened.socket)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      this.#failed(error.message)
    }
  }

  /** Keeps a connection open. Ignores what the server sends, and counts the connection as lost if the server ends it. */
  #keep(socket: Socket): void {
    this.#open.add(socket)
    socket.on('data', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      this.#open.delete(socket)
      if (!this.#isClosing) this.#lost++
    })
    socket.resume()
  }

  #failed(reason: string): void {
    const known = this.#failures.size < mostReasons || this.#failures.has(reason) ? reason : 'other reasons'
    this.#failures.set(known, (this.#failures.get(known) ?? 0) + 1)
  }

  /** Closes with 1000 and waits for the server to end TCP, at most until the deadline. */
  async close(): Promise<void> {
    this.#isClosing = true
    const sockets = [...this.#open]
    const ended = sockets.map(socket => new Promise<void>(resolve => socket.once('close', () => resolve())))
    for (const socket of sockets) socket.write(closeFrame())
    const done = new AbortController()
    const cutOff = setTimeout(this.#pace.close * 1000, undefined, { signal: done.signal }).then(
      () => sockets.map(socket => socket.destroy()),
      () => [],
    )
    await Promise.all(ended)
    done.abort()
    await cutOff
  }
}

function closeFrame(): Uint8Array {
  return encodeFrame({ opcode: Opcode.Close, payload: closePayload(1000), mask: crypto.getRandomValues(new Uint8Array(4)) })
}

function percentiles(times: readonly number[]): Percentiles | undefined {
  if (times.length === 0) return undefined
  const sorted = times.toSorted((a, b) => a - b)
  // The nearest-rank percentile: the smallest time that this percentage of the times does not exceed.
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return { shortest: sorted[0]!, median: at(0.5), p90: at(0.9), p99: at(0.99), longest: sorted.at(-1)! }
}

/** Waits until a time, or until the run is ended. */
async function until(time: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(Math.max(0, time - performance.now()), undefined, signal && { signal }).catch(() => {})
}

/** The number of different reasons that are kept, so that a server cannot fill the memory by inventing reasons. */
const mostReasons = 20

const names = { url: true, connections: true, rate: true, atOnce: true, pace: true, tls: true, onConnection: true, signal: true } as const
