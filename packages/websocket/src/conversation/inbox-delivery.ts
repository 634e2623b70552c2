import type { Octets } from '../bytes/octets.ts'
import type { PayloadMemory } from '../bytes/payload-memory.ts'
import type { Text } from '../bytes/text.ts'
import type { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { Hooks, Kept } from '../protocol/hooks/hooks.ts'
import type { Delivery } from '../protocol/receiving/delivery.ts'
import type { Message } from './connection.ts'

/** The receiver of the messages of one connection. */
export interface MessageReceiver {
  /** Takes a message that came in one piece. `length`: octets of the message on the wire. */
  onMessage(message: Message, length: number): Promise<void> | undefined
  /** Makes the way through the hooks, for messages that do not come in one piece. */
  inSteps(runner: HookRunner, memory: PayloadMemory): Delivery
}

/** The protocol object of a connection in function style. */
export interface HasReceiver extends Pick<Hooks, 'onMessage'> {
  readonly conversation: MessageReceiver
}

/**
 * Brings messages to the inbox of a connection in function style.
 *
 * A message that lies whole in what was read, as most do, is handed over in one call: text is decoded from where it was read, octets are
 * copied once, into memory of their own (decision 162). All other messages go through the hooks of the protocol, step by step, and so do those that
 * an extension decodes (decision 67). Between two messages it may serve another connection (decision 108).
 */
export class InboxDelivery implements Delivery {
  #runner: HookRunner
  #receiver: MessageReceiver
  readonly #text: Text
  readonly #memory: PayloadMemory
  /** The way through the hooks. Made for the first message that does not come whole. */
  #steps: Delivery | undefined
  /** Whether a message has begun of which the hooks have not been told, because it may come whole. */
  #isUntold = false
  #isBinary = false
  #isLastFrame = false
  #frameLength: number | bigint = 0
  #frameBits = 0
  #message: Message | undefined
  #length = 0

  constructor(runner: HookRunner, receiver: MessageReceiver, text: Text, memory: PayloadMemory) {
    this.#runner = runner
    this.#receiver = receiver
    this.#text = text
    this.#memory = memory
  }

  serve(runner: HookRunner, { conversation }: HasReceiver): void {
    this.#runner = runner
    this.#receiver = conversation
  }

  /** Keeps no memory for the connection: whole messages have memory of their own. */
  release(): undefined {
    this.#steps = undefined
    this.#memory.forget()
  }

  /** Asked for messages that an extension may decode, which are told step by step. */
  get keeps(): Kept {
    return this.#told().keeps
  }

  messageBegan(isBinary: boolean): void {
    this.#isUntold = true
    this.#isLastFrame = false
    this.#isBinary = isBinary
  }

  frameBegan(length: number | bigint, reserved: number, isFinal: boolean): void {
    if (!this.#isUntold || !isFinal) return this.#told().frameBegan(length, reserved, isFinal)
    this.#isLastFrame = true
    this.#frameLength = length
    this.#frameBits = reserved
    this.#message = undefined
    this.#length = 0
  }

  textCame(octets: Octets, start: number, end: number, validates: boolean): boolean {
    const text = validates ? this.#text.decodeValid(octets, start, end) : this.#text.decode(octets, start, end)
    if (text === undefined) return false
    if (this.#isUntold) this.#cameWhole(text, end - start)
    else this.#told().frameData(octets, start, end, 0)
    return true
  }

  frameData(octets: Octets, start: number, end: number, missing: number): void {
    const isWhole = this.#isUntold && this.#isBinary && missing === 0 && this.#message === undefined
    if (isWhole) this.#cameWhole(this.#memory.copyApart(octets, start, end), end - start)
    else this.#told().frameData(octets, start, end, missing)
  }

  frameEnded(): void {
    if (!this.#isUntold) this.#told().frameEnded()
  }

  messageEnded(): void {
    if (!this.#isUntold) return this.#told().messageEnded()
    const message = this.#message ?? (this.#isBinary ? new Uint8Array(0) : '')
    this.#isUntold = false
    this.#message = undefined
    this.#runner.runMessage(this.#receiver, message, this.#length)
  }

  chunkEnded(): void {
    this.#steps?.chunkEnded()
  }

  #cameWhole(message: Message, length: number): void {
    this.#message = message
    this.#length = length
  }

  /** Returns the way through the hooks, which has been told what has come of the message so far. */
  #told(): Delivery {
    this.#steps ??= this.#receiver.inSteps(this.#runner, this.#memory)
    if (!this.#isUntold) return this.#steps
    this.#isUntold = false
    this.#steps.messageBegan(this.#isBinary)
    if (this.#isLastFrame) this.#steps.frameBegan(this.#frameLength, this.#frameBits, true)
    if (this.#message !== undefined) {
      const octets = typeof this.#message === 'string' ? this.#text.encode(this.#message) : this.#message
      this.#message = undefined
      this.#steps.frameData(octets, 0, octets.length, 0)
    }
    return this.#steps
  }
}
