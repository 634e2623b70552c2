import { setTimeout as wait } from 'node:timers/promises'
import { type Connection, type ConnectionOptions, connect, type Message } from '@autobahn-ts/websocket'
import { Latencies } from './latencies.ts'

/** The load on a server. */
export interface LoadOptions {
  readonly url: string
  readonly connections: number
  /** The messages that wait for their answer on each connection. */
  readonly inFlight: number
  /** Octets of a message. */
  readonly size: number
  readonly isBinary: boolean
  /** Seconds to measure. */
  readonly duration: number
  /** Seconds before it, which are not measured. */
  readonly warmUp: number
  /** Messages per second over all connections; as many as possible without it. */
  readonly rate?: number
  readonly connecting: ConnectionOptions
  readonly signal: AbortSignal
  /** Is called once per second with the number of answers so far. */
  readonly onProgress: (answers: number) => void
}

/** The result of a load. */
export interface LoadReport {
  readonly answers: number
  /** Answers that were not what had been sent. */
  readonly wrong: number
  /** Connections that ended before the time was over, by reason. */
  readonly lost: ReadonlyMap<string, number>
  /** Seconds that were measured. */
  readonly seconds: number
  readonly latencies: Latencies
  /** Microseconds of this process's CPU per answer: where that is close to the time per answer, the client is the bottleneck. */
  readonly cpuPerAnswer: number
}

/** Puts load on a server that sends back every message. Rejects where a connection cannot be opened. */
export async function echoLoad(options: LoadOptions): Promise<LoadReport> {
  const load = new EchoLoad(options)
  return load.run()
}

class EchoLoad {
  readonly #options: LoadOptions
  readonly #message: Message
  readonly #latencies = new Latencies()
  readonly #lost = new Map<string, number>()
  #isMeasuring = false
  #isOver = false
  #answers = 0
  #wrong = 0

  constructor(options: LoadOptions) {
    this.#options = options
    const text = 'the quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(options.size / 45)).slice(0, options.size)
    this.#message = options.isBinary ? new TextEncoder().encode(text) : text
  }

  async run(): Promise<LoadReport> {
    const { connections, duration, warmUp, signal, onProgress, url, connecting } = this.#options
    const opened = await Promise.allSettled(Array.from({ length: connections }, () => connect(url, { ...connecting, signal })))
    const all = opened.filter(result => result.status === 'fulfilled').map(result => result.value)
    const failed = opened.find(result => result.status === 'rejected')
    if (failed !== undefined) {
      for (const ws of all) ws.terminate()
      throw failed.reason
    }
    const conversations = all.map((ws, i) => this.#converse(ws, i))
    await this.#pass(warmUp)
    this.#isMeasuring = true
    const [start, cpu] = [performance.now(), process.cpuUsage()]
    for (let second = 0; second < duration && !signal.aborted; second++) {
      await this.#pass(Math.min(1, duration - second))
      onProgress(this.#answers)
    }
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(cpu)
    this.#isOver = true
    await Promise.all(all.map(ws => ws.close()))
    await Promise.all(conversations)
    return {
      answers: this.#answers,
      wrong: this.#wrong,
      lost: this.#lost,
      seconds,
      latencies: this.#latencies,
      cpuPerAnswer: this.#answers === 0 ? 0 : (user + system) / this.#answers,
    }
  }

  async #converse(ws: Connection, index: number): Promise<void> {
    const times: number[] = []
    try {
      const receiving = this.#receive(ws, times)
      if (this.#options.rate === undefined) for (let i = 0; i < this.#options.inFlight; i++) await this.#send(ws, times, performance.now())
      else await this.#sendAtRate(ws, times, index)
      await receiving
    } catch (error) {
      this.#isLost(error)
    }
    if (!this.#isOver) this.#isLost((await ws.closed).reason)
  }

  async #receive(ws: Connection, times: number[]): Promise<void> {
    let next = 0
    for await (const message of ws) {
      const sent = times[next++]
      // what was answered is not needed any more
      if (next === 4096) {
        times.splice(0, next)
        next = 0
      }
      this.#answered(message, sent)
      if (this.#options.rate === undefined && !this.#isOver) await this.#send(ws, times, performance.now())
    }
  }

  #answered(message: Message, sent: number | undefined): void {
    if (!isSame(message, this.#message)) this.#wrong++
    if (!this.#isMeasuring || this.#isOver || sent === undefined) return
    this.#answers++
    this.#latencies.add(performance.now() - sent)
  }

  async #send(ws: Connection, times: number[], intended: number): Promise<void> {
    times.push(intended)
    await ws.send(this.#message)
  }

  async #sendAtRate(ws: Connection, times: number[], index: number): Promise<void> {
    const { rate = 1, connections } = this.#options
    const gap = (1000 * connections) / rate
    let intended = performance.now() + (gap * index) / connections
    while (!this.#isOver && ws.closeInfo === undefined) {
      const early = intended - performance.now()
      if (early > 1) await wait(early)
      while (intended <= performance.now() && !this.#isOver) {
        await this.#send(ws, times, intended)
        intended += gap
      }
      if (early <= 1) await wait(0)
    }
  }

  #isLost(error: unknown): void {
    if (this.#isOver) return
    const reason = error instanceof Error ? error.message : String(error)
    this.#lost.set(reason, (this.#lost.get(reason) ?? 0) + 1)
  }

  async #pass(seconds: number): Promise<void> {
    await wait(seconds * 1000, undefined, { signal: this.#options.signal }).catch(() => {})
  }
}

function isSame(one: Message, other: Message): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return Buffer.compare(one, other) === 0
}
