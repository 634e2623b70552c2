import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Clock } from '../../bytes/clock.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import type { Hooks, Kept } from './hooks.ts'

/** Takes note of a message that the application has handled. `size` is in octets, `duration` in milliseconds. */
export type MessageWatch = (isBinary: boolean, size: number, duration: number) => void

/** The hooks that bring messages to the application. */
export type ReceivingHooks = Pick<
  Hooks,
  | 'keeps'
  | 'willKeep'
  | 'onMessage'
  | 'onMessageBegin'
  | 'onMessageFrameBegin'
  | 'onMessageFrameData'
  | 'onMessageFrameEnd'
  | 'onMessageEnd'
> &
  Required<Pick<Hooks, 'onTextMessage'>>

/**
 * Calls the hooks of an application, and measures how long each message keeps them busy. Made only for connections whose messages are
 * observed; all others call their hooks without it.
 */
export class WatchedHooks implements ReceivingHooks {
  readonly #hooks: Hooks
  readonly #watch: MessageWatch
  readonly #clock: Pick<Clock, 'now'>
  readonly #text: Text
  // of the message that comes in pieces
  #isBinary = false
  #size = 0
  #duration = 0

  constructor(hooks: Hooks, watch: MessageWatch, clock: Pick<Clock, 'now'>, text: Text) {
    this.#hooks = hooks
    this.#watch = watch
    this.#clock = clock
    this.#text = text
  }

  get keeps(): Kept | undefined {
    return this.#hooks.keeps
  }

  get willKeep(): Kept | undefined {
    return this.#hooks.willKeep
  }

  onMessage(payload: Octets, isBinary: boolean): Awaitable<void> {
    // the application may transfer the payload, which leaves nothing to count
    const size = payload.length
    return this.#timed(
      () => this.#hooks.onMessage(payload, isBinary),
      duration => this.#watch(isBinary, size, duration),
    )
  }

  onTextMessage(text: string): Awaitable<void> {
    return this.#timed(
      () => this.#hooks.onTextMessage?.(text),
      duration => this.#watch(false, this.#text.encode(text).length, duration),
    )
  }

  onMessageBegin(isBinary: boolean): Awaitable<void> {
    this.#isBinary = isBinary
    this.#size = this.#duration = 0
    return this.#ofPiece(() => this.#hooks.onMessageBegin(isBinary))
  }

  onMessageFrameBegin(length: number | bigint, reserved: number): Awaitable<void> {
    return this.#ofPiece(() => this.#hooks.onMessageFrameBegin(length, reserved))
  }

  onMessageFrameData(payload: Octets): Awaitable<void> {
    this.#size += payload.length
    return this.#ofPiece(() => this.#hooks.onMessageFrameData(payload))
  }

  onMessageFrameEnd(): Awaitable<void> {
    return this.#ofPiece(() => this.#hooks.onMessageFrameEnd())
  }

  onMessageEnd(): Awaitable<void> {
    return this.#timed(
      () => this.#hooks.onMessageEnd(),
      duration => this.#watch(this.#isBinary, this.#size, this.#duration + duration),
    )
  }

  #ofPiece(hook: () => Awaitable<void>): Awaitable<void> {
    return this.#timed(hook, duration => {
      this.#duration += duration
    })
  }

  /** Calls a hook, and then `done` with the milliseconds until it returned or threw, or its promise settled. */
  #timed(hook: () => Awaitable<void>, done: (duration: number) => void): Awaitable<void> {
    const began = this.#clock.now()
    const settled = (): void => done(this.#clock.now() - began)
    let result: Awaitable<void>
    try {
      result = hook()
    } catch (error) {
      settled()
      throw error
    }
    if (isPromise(result)) return Promise.resolve(result).finally(settled)
    settled()
    return result
  }
}
