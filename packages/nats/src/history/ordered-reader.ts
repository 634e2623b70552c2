import type { Octets } from '@autobahn-ts/websocket/portable'
import type { Msg, Subscription } from '@nats-io/transport-node'
import { refusalIn } from './nats-answers.ts'
import { readDelivery, type StoredMessage } from './stored-message.ts'

/** The part of NATS that a reader uses. */
export interface ReaderSource {
  /** Subscribes to a name that no one else has, and returns it. */
  subscribe(callback: (error: Error | null, message: Msg) => void): { readonly name: string; readonly subscription: Subscription }
  /** Makes a consumer that delivers to a name what is stored from a sequence number on. Returns its name. */
  consume(filter: string, from: number, deliverTo: string): Promise<string>
  /** Removes a consumer, as far as that is possible. */
  remove(consumer: string): void
  /** Calls back after some milliseconds. */
  later(callback: () => void, milliseconds: number): void
  /** Milliseconds since 1970. */
  now(): number
}

/** Gets what a reader reads. */
export interface ReaderSink {
  /**
   * Returns the sequence number with which to begin, `next` or another one: called before each consumer is made. `aliveAt` is the last moment at which the
   * consumer before was heard.
   */
  begin(next: number | undefined, aliveAt: number): Promise<number>
  message(message: StoredMessage): void
  /** Called with an error after which the reader has stopped. */
  refused(error: Error): void
  /** Called with an error after which the reader tries again. */
  failed(error: Error): void
}

/**
 * Reads the messages under one name from a stream, in order and each once, for as long as it is not stopped.
 *
 * It has a consumer of NATS that lives in one server and forgets nothing that matters: when a message is missing, or nothing was heard for 4 s of a
 * consumer that should say each 2 s that it is there, the reader makes another one, behind the last message that it has read.
 */
export class OrderedReader {
  /** Resolves when the first consumer is there. Rejects where NATS refuses it. */
  readonly started: Promise<void>
  readonly #source: ReaderSource
  readonly #sink: ReaderSink
  readonly #filter: string
  #next: number | undefined
  /** The number of this attempt; what comes for an earlier one is dropped. */
  #attempt = 0
  #delivery = 0
  #heardAt = 0
  #consumer: string | undefined
  #subscription: Subscription | undefined
  #isStopped = false
  #settle: { resolve(): void; reject(error: Error): void } | undefined

  constructor(source: ReaderSource, filter: string, sink: ReaderSink) {
    this.#source = source
    this.#filter = filter
    this.#sink = sink
    this.started = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.started.catch(() => undefined)
    void this.#begin()
  }

  /** The last moment at which the reader knew that it had read all messages, in milliseconds since 1970. */
  get aliveAt(): number {
    return this.#heardAt
  }

  /** Makes another consumer where nothing was heard for too long. To be called each second. */
  check(): void {
    if (this.#consumer !== undefined && this.#source.now() - this.#heardAt > patience) this.restart()
  }

  /** Makes another consumer. */
  restart(): void {
    if (this.#isStopped) return
    this.#end()
    void this.#begin()
  }

  stop(): void {
    this.#isStopped = true
    this.#end()
    this.#settle?.reject(new Error('the reader was stopped'))
  }

  async #begin(): Promise<void> {
    const attempt = ++this.#attempt
    const isOld = (): boolean => attempt !== this.#attempt || this.#isStopped
    try {
      const from = await this.#sink.begin(this.#next, this.#heardAt)
      if (isOld()) return
      this.#next = from
      this.#delivery = 0
      const { name, subscription } = this.#source.subscribe((error, message) => {
        if (!isOld()) this.#received(error, message)
      })
      this.#subscription = subscription
      const consumer = await this.#source.consume(this.#filter, from, name)
      if (isOld()) return this.#source.remove(consumer)
      this.#consumer = consumer
      this.#heardAt = this.#source.now()
      this.#settle?.resolve()
      this.#settle = undefined
    } catch (error) {
      if (!isOld()) this.#troubled(error)
    }
  }

  /** Stops where NATS refuses the first consumer; in all other cases tries again. */
  #troubled(thrown: unknown): void {
    this.#end()
    const attempt = this.#attempt
    const refusal = refusalIn(thrown)
    if (refusal !== undefined && this.#settle !== undefined) {
      this.#isStopped = true
      this.#settle.reject(refusal)
      return this.#sink.refused(refusal)
    }
    if (refusal !== undefined) this.#sink.failed(refusal)
    const again = (): void => {
      if (attempt === this.#attempt && !this.#isStopped) void this.#begin()
    }
    this.#source.later(again, refusal === undefined ? retryInterval : refusedInterval)
  }

  #end(): void {
    this.#subscription?.unsubscribe()
    this.#subscription = undefined
    if (this.#consumer !== undefined) this.#source.remove(this.#consumer)
    this.#consumer = undefined
  }

  #received(error: Error | null, { subject, data, reply, headers }: Msg): void {
    if (error !== null) return this.#troubled(error)
    this.#heardAt = this.#source.now()
    const delivery = readDelivery(reply)
    if (delivery === undefined) {
      // A sign of life: it has the number of the last delivery, which may have been lost.
      if (headers !== undefined && Number(headers.get('Nats-Last-Consumer')) > this.#delivery) this.restart()
      return
    }
    if (delivery.delivery !== this.#delivery + 1) return this.restart()
    this.#delivery++
    this.#next = delivery.sequence + 1
    this.#sink.message({ name: subject, data: plain(data), sequence: delivery.sequence, time: delivery.time })
  }
}

/** Returns octets as a plain `Uint8Array` over the same memory. */
function plain({ buffer, byteOffset, length }: Uint8Array): Octets {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length)
}

/** The time after which a consumer that says nothing counts as lost, in milliseconds: two signs of life. */
const patience = 4000
const retryInterval = 500
const refusedInterval = 5000
