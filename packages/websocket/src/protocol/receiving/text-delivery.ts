import type { Awaitable } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { PayloadMemory } from '../../bytes/payload-memory.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { Text } from '../../bytes/text.ts'
import type { HookRunner, MessageHook } from '../hooks/hook-runner.ts'
import type { Hooks, Kept } from '../hooks/hooks.ts'
import { type Delivery, MessageDelivery } from './delivery.ts'

/** The hooks of a protocol that wants text messages as strings. */
export type TextHooks = Pick<Hooks, 'onMessage'> & Required<Pick<Hooks, 'onTextMessage'>>

/**
 * Calls `onTextMessage` for text and `onMessage` for all else.
 *
 * A text that comes in one piece is decoded from where it was read, without a copy. Others are collected first (decision 33).
 */
export class TextDelivery implements Delivery {
  readonly keeps: Kept = 'message'
  #runner: HookRunner | undefined
  #hooks: DecodingHooks | undefined
  readonly #decoder: Text
  readonly #collected: MessageDelivery
  #text: string | undefined

  constructor(runner: HookRunner, hooks: TextHooks, memory: PayloadMemory, { clock, text, allocateUnset }: Runtime) {
    this.#runner = runner
    this.#hooks = new DecodingHooks(hooks, text)
    this.#decoder = text
    this.#collected = new MessageDelivery(runner, this.#hooks, memory, clock, allocateUnset)
  }

  suits(hooks: Partial<TextHooks>): hooks is TextHooks {
    return hooks.onTextMessage !== undefined
  }

  /** The hooks are made anew, because a message of the connection before may still wait for its own. */
  serve(runner: HookRunner, hooks: Pick<Hooks, 'onMessage'>, memory: PayloadMemory | undefined): void {
    this.#runner = runner
    this.#hooks = new DecodingHooks(hooks as TextHooks, this.#decoder)
    this.#collected.serve(runner, this.#hooks, memory)
  }

  release(keepsMemory: boolean): PayloadMemory | undefined {
    this.#runner = undefined
    this.#hooks = undefined
    return this.#collected.release(keepsMemory)
  }

  messageBegan(isBinary: boolean): void {
    this.#collected.messageBegan(isBinary)
  }

  frameBegan(length: number | bigint, reserved: number, isFinal: boolean): void {
    this.#collected.frameBegan(length, reserved, isFinal)
  }

  textCame(octets: Octets, start: number, end: number, validates: boolean): boolean {
    this.#text = validates ? this.#decoder.decodeValid(octets, start, end) : this.#decoder.decode(octets, start, end)
    return this.#text !== undefined
  }

  frameData(octets: Octets, start: number, end: number, missing: number): void {
    this.#collected.frameData(octets, start, end, missing)
  }

  frameEnded(): void {}

  chunkEnded(): void {
    this.#collected.chunkEnded()
  }

  messageEnded(): void {
    const text = this.#text
    if (text === undefined) return this.#collected.messageEnded()
    this.#text = undefined
    this.#runner!.runMessage(this.#hooks!, text, false)
  }
}

/** The hooks of one connection. Its texts come as strings, or as octets that are decoded here. */
class DecodingHooks implements MessageHook<Octets | string, boolean> {
  readonly #hooks: TextHooks
  readonly #decoder: Text

  constructor(hooks: TextHooks, decoder: Text) {
    this.#hooks = hooks
    this.#decoder = decoder
  }

  onMessage(message: Octets | string, isBinary: boolean): Awaitable<void> {
    if (typeof message === 'string') return this.#hooks.onTextMessage(message)
    return isBinary ? this.#hooks.onMessage(message, true) : this.#hooks.onTextMessage(this.#decoder.decode(message))
  }
}
