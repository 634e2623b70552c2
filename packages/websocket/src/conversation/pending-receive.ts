import type { Clock, Timer } from '../bytes/clock.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import { isSignal, surelyFit, type Test } from '../protocol/checks/values.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'
import type { ReceiveOptions } from './receive-options.ts'
import type { End, MessageSource, MessageTaker } from './taker.ts'

/**
 * Takes the next message of a source, now or when it comes: `receive()` of every connection. `convert` makes the result of a message. Not an
 * `async` function: its promise would hide from `PendingReceive` who waits.
 */
export function receiveFrom<Value = Message>(
  source: MessageSource,
  clock: Clock,
  options: ReceiveOptions = {},
  where?: string,
  convert?: (message: Message) => Promise<Value>,
): Promise<Value> {
  if (!surelyFit<ReceiveOptions>(options, tests)) {
    // On a page, only a mistake needs the check, so it is loaded here.
    return import('./receive-options.ts').then(({ checkedReceiveOptions }) =>
      receiveFrom(source, clock, checkedReceiveOptions(options, where), where, convert),
    )
  }
  if (options.signal?.aborted) return Promise.reject(options.signal.reason)
  const message = source.next()
  if (message !== undefined) return convert === undefined ? Promise.resolve(message as Value) : convert(message)
  const pending = new PendingReceive<Value>(clock, options, gaveUp => source.giveUp(gaveUp), convert)
  source.take(pending)
  return pending.promise
}

const tests: { readonly [name in keyof ReceiveOptions]-?: Test } = {
  signal: isSignal,
  timeout: value => typeof value === 'number' && value >= 0,
}

/**
 * A call of `receive()` that waits.
 *
 * A promise cannot be cancelled: when another promise decides a `Promise.race`, the loser is not told. Such a call becomes doubtful when
 * `then` of its promise is called with a function of the engine, as `Promise.race` does, and that turn is over. `await` does not call
 * `then`, and a caller that waits passes a function of its own. A later caller takes the place of a doubtful one.
 */
export class PendingReceive<Value = Message> implements MessageTaker {
  readonly takes = 'message'
  readonly promise: Promise<Value>
  readonly #gaveUp: (receive: PendingReceive<Value>) => void
  readonly #convert: ((message: Message) => Promise<Value>) | undefined
  #settle: Settle<Value> | undefined
  #timer: Timer | undefined
  #ignoreSignal: (() => void) | undefined
  #isDoubtful = false

  /** `gaveUp` is called when the signal is aborted or the time is over. `convert` makes the value of a message; without it, it is the value. */
  constructor(
    clock: Clock,
    { signal, timeout = 0 }: ReceiveOptions,
    gaveUp: (receive: PendingReceive<Value>) => void,
    convert?: (message: Message) => Promise<Value>,
  ) {
    this.#gaveUp = gaveUp
    this.#convert = convert
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
    const settle = this.#settled()
    if (this.#convert === undefined) return settle?.resolve(message as Value)
    this.#convert(message).then(settle?.resolve, (error: unknown) => {
      if (error instanceof ConnectionClosed) this.promise.catch(() => undefined)
      settle?.reject(error)
    })
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
    const noticed = (...handlers: Parameters<Promise<Value>['then']>): Promise<unknown> => {
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

  #settled(): Settle<Value> | undefined {
    const settle = this.#settle
    this.#settle = undefined
    this.#timer?.cancel()
    this.#ignoreSignal?.()
    return settle
  }
}

interface Settle<Value> {
  resolve(value: Value): void
  reject(error: unknown): void
}

/** Tells whether a function is built in: the application has not written the handler that settles another promise. */
function isOfEngine(handler: unknown): boolean {
  return typeof handler === 'function' && Function.prototype.toString.call(handler).includes('[native code]')
}
