import { BusError } from '../../bus/bus-error.ts'
import type { BusOptions } from '../../bus/in-process-bus.ts'
import { type BusLink, type ClosableBus, LinkedBus } from '../../bus/linked-bus.ts'
import type { Octets } from '../../bytes/octets.ts'
import { asError } from '../../protocol/faults/as-error.ts'
import { type ClusterMessage, unpacked } from './cluster-message.ts'
import { ProcessChannel } from './process-channel.ts'

/**
 * Makes a participant in a worker. Rejects with `BusError` if the primary process does not answer within 5 s, because it does not call
 * `clusterBus`.
 */
export async function workerBus({ onError }: BusOptions): Promise<ClosableBus> {
  const link = new WorkerLink((subject, octets) => bus.deliver(subject, octets))
  const bus = new LinkedBus(link, onError && (thrown => onError(asError(thrown))))
  await link.begin()
  return bus
}

/** The link of one participant to the primary process. */
class WorkerLink implements BusLink {
  readonly #participant = ++lastParticipant
  readonly #deliver: (subject: string, octets: Octets) => void
  /** The questions that wait for an answer, by pattern, in order: a pattern may be dropped and asked for again meanwhile. */
  readonly #questions = new Map<string, Question[]>()
  #isConnected = true
  #welcomed: () => void = ignore

  constructor(deliver: (subject: string, octets: Octets) => void) {
    this.#deliver = deliver
  }

  get isConnected(): boolean {
    return this.#isConnected && channel.isConnected
  }

  /** Says hello until the primary process answers, which may have to begin first. */
  async begin(): Promise<void> {
    process.on('message', this.#received)
    process.once('disconnect', this.#disconnected)
    const greet = (): void => channel.sendAlways({ kind: 'hello', participant: this.#participant })
    const greeting = setInterval(greet, greetingInterval)
    let late: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.#welcomed = resolve
        late = setTimeout(() => reject(notAnswered()), answerTimeout)
        greet()
      })
    } catch (error) {
      this.#end()
      throw error
    } finally {
      clearInterval(greeting)
      clearTimeout(late)
    }
  }

  publish(subject: string, octets: Octets): Promise<void> {
    if (!this.isConnected) return Promise.reject(disconnected())
    return new Promise((resolve, reject) => {
      const message: ClusterMessage = { kind: 'publish', participant: this.#participant, subject, octets }
      const settled = (error: Error | null): void => (error === null ? resolve() : reject(disconnected(error)))
      if (!channel.send(message, settled)) reject(new BusError('too-large', 'the primary process takes messages too slowly'))
    })
  }

  ask(pattern: string): Promise<void> {
    if (!this.isConnected) return Promise.reject(disconnected())
    return new Promise((resolve, reject) => {
      const waiting = this.#questions.get(pattern) ?? []
      waiting.push({ resolve, reject })
      this.#questions.set(pattern, waiting)
      this.#send({ kind: 'ask', participant: this.#participant, pattern })
    })
  }

  drop(pattern: string): void {
    this.#send({ kind: 'drop', participant: this.#participant, pattern })
  }

  async close(): Promise<void> {
    this.#send({ kind: 'bye', participant: this.#participant })
    this.#end()
  }

  readonly #received = (value: unknown): void => {
    const message = unpacked(value)
    if (message === undefined || message === 'malformed' || message.participant !== this.#participant) return
    if (message.kind === 'deliver') this.#deliver(message.subject, message.octets)
    else if (message.kind === 'granted') this.#granted(message.pattern)
    else if (message.kind === 'welcome') {
      channel.takesOctets = message.takesOctets
      this.#welcomed()
    }
  }

  readonly #disconnected = (): void => this.#end()

  #granted(pattern: string): void {
    const waiting = this.#questions.get(pattern)
    waiting?.shift()?.resolve()
    if (waiting?.length === 0) this.#questions.delete(pattern)
  }

  /** Sends what is small, and must not be left out. */
  #send(message: ClusterMessage): void {
    if (this.isConnected) channel.sendAlways(message)
  }

  #end(): void {
    this.#isConnected = false
    process.off('message', this.#received)
    process.off('disconnect', this.#disconnected)
    for (const waiting of this.#questions.values()) for (const { reject } of waiting) reject(disconnected())
    this.#questions.clear()
  }
}

interface Question {
  resolve(): void
  reject(error: Error): void
}

function disconnected(cause?: Error): BusError {
  return new BusError('unreachable', 'the primary process is gone', cause && { cause })
}

function notAnswered(): BusError {
  return new BusError('unreachable', 'the primary process has not answered within 5 s; it must call clusterBus() too')
}

function ignore(): void {}

/** The channel to the primary process, for all participants of this worker. */
const channel = new ProcessChannel({
  isConnected: () => process.connected,
  send: (message, sent) => void process.send?.(message, undefined, undefined, sent),
})

let lastParticipant = 0
const greetingInterval = 100
const answerTimeout = 5000
