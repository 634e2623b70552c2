import type { Octets } from '../../bytes/octets.ts'
import type { PayloadMemory } from '../../bytes/payload-memory.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { Text } from '../../bytes/text.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
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
  readonly #runner: HookRunner
  readonly #hooks: TextHooks
  readonly #decoder: Text
  readonly #collected: MessageDelivery
  #text: string | undefined

  constructor(runner: HookRunner, hooks: TextHooks, memory: PayloadMemory, { clock, text, allocateUnset }: Runtime) {
    this.#runner = runner
    this.#hooks = hooks
    this.#decoder = text
    this.#collected = new MessageDelivery(runner, decodingHooks(hooks, text), memory, clock, allocateUnset)
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
    this.#runner.run(() => this.#hooks.onTextMessage(text))
  }
}

function decodingHooks(hooks: TextHooks, text: Text): Pick<Hooks, 'onMessage'> {
  return { onMessage: (payload, isBinary) => (isBinary ? hooks.onMessage(payload, true) : hooks.onTextMessage(text.decode(payload))) }
}
