import type { Clock, Timer } from '../bytes/clock.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'
import { checkReceiveOptions, type ReceiveOptions } from './receive-options.ts'
import type { End, MessageSource, MessageTaker } from './taker.ts'

/**
 * Takes the next message of a source, now or when it comes: `receive()` of every connection. Not an `async` function: its promise would
 * hide from `PendingReceive` who waits.
 */
export function receiveFrom(source: MessageSource, clock: Clock, options: ReceiveOptions = {}): Promise<Message> {
  try {
    checkReceiveOptions(options)
    options.signal?.throwIfAborted()
  } catch (error) {
    return Promise.reject(error)
  }
  const message = source.next()
  if (message !== undefined) return Promise.resolve(message)
  const pending = new PendingReceive(clock, options, gaveUp => source.giveUp(gaveUp))
  source.take(pending)
  return pending.promise
}

/**
 * A call of `receive()` that waits.
 *
 * A promise cannot be cancelled: when another promise decides a `Promise.race`, the loser is not told. Such a call becomes doubtful when
 * `then` of its promise is called with a function of the engine, as `Promise.race` does, and that turn is over. `await` does not call
 * `then`, and a caller that waits passes a function of its own. A later caller takes the place of a doubtful one.
 */
export class PendingReceive implements MessageTaker {
  readonly takes = 'message'
  readonly promise: Promise<Message>
  readonly #gaveUp: (receive: PendingReceive) => void
  #settle: { resolve(message: Message): void; reject(error: unknown): void } | undefined
  #timer: Timer | undefined
  #ignoreSignal: (() => void) | undefined
  #isDoubtful = false

  /** `gaveUp` is called when the signal is aborted or the time is over. */
  constructor(clock: Clock, { signal, timeout = 0 }: ReceiveOptions, gaveUp: (receive: PendingReceive) => void) {
    this.#gaveUp = gaveUp
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#noticeThen()
    if (signal !== undefined) this.#ignoreSignal = whenAborted(signal, () => this.#giveUp(signal.reason))
    if (timeout > 0 && timeout !== Infinity) this.#timer = clock.schedule(() => this.#timedOut(timeout), timeout * 1000)
  }

  get owner(): this {
    return this
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful
  }

  give(message: Message): void {
    this.#settled()?.resolve(message)
  }

  /** Rejects. The rejection need not be handled, because a peer may always go away. */
  end({ error }: End): void {
    this.#rejectCalmly(error)
  }

  /** Does nothing: it is called when this call has given up, and its promise is settled already. */
  stop(): void {}

  replace(): void {
    this.#rejectCalmly(
      new ApiMisuse('a later call waits in place of this receive(); to give up waiting, use its options signal and timeout'),
    )
  }

  #noticeThen(): void {
    const { promise } = this
    const inherited = promise.then
    const noticed = (...handlers: Parameters<Promise<Message>['then']>): Promise<unknown> => {
      if (isOfEngine(handlers[0])) {
        queueMicrotask(() => {
          this.#isDoubtful = true
        })
      }
      return inherited.apply(promise, handlers)
    }
    Object.defineProperty(promise, 'then', { value: noticed, configurable: true, writable: true })
  }

  #timedOut(timeout: number): void {
    this.#giveUp(new DOMException(`no message came within ${timeout} s`, 'TimeoutError'))
  }

  #giveUp(reason: unknown): void {
    this.#settled()?.reject(reason)
    this.#gaveUp(this)
  }

  #rejectCalmly(error: Error): void {
    this.promise.catch(() => undefined)
    this.#settled()?.reject(error)
  }

  #settled(): { resolve(message: Message): void; reject(error: unknown): void } | undefined {
    const settle = this.#settle
    this.#settle = undefined
    this.#timer?.cancel()
    this.#ignoreSignal?.()
    return settle
  }
}

/** Tells whether a function is built in: the application has not written the handler that settles another promise. */
function isOfEngine(handler: unknown): boolean {
  return typeof handler === 'function' && Function.prototype.toString.call(handler).includes('[native code]')
}
