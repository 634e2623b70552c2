import { isUtf8 } from 'node:buffer'
import { type CloseWords, readClosePayload } from '../wire/close-payload.ts'
import { TooMuch } from '../wire/exact-inflater.ts'
import { Opcode } from '../wire/frame.ts'
import type { ReceivedFrame } from '../wire/frame-reader.ts'
import { joined } from '../wire/octets.ts'

/** The message or control frame that a frame of the testee completes. */
export type Taken =
  | {
      readonly kind: 'text' | 'binary'
      readonly payload: Uint8Array /** The octets on the wire where the message was compressed. */
      readonly compressed?: number
    }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Uint8Array }
  | { readonly kind: 'close'; readonly words: CloseWords; readonly payload: Uint8Array }
  | { readonly kind: 'violation' | 'excess'; readonly what: string }

/** Decompresses the messages of a testee, in order. */
export interface MessageInflater {
  /** Throws an error that describes the fault. */
  inflate(payload: Uint8Array): Uint8Array
}

/** Checks the testee's frames against the rules that hold in every case, and joins fragments to messages. */
export class TesteeFrames {
  readonly #masked: boolean
  readonly #inflater: MessageInflater | undefined
  #fragments: Uint8Array[] = []
  #length = 0
  #first: { readonly kind: 'text' | 'binary'; readonly isCompressed: boolean } | undefined

  /** `masked`: whether the testee has to mask, as clients have to. */
  constructor(masked: boolean, inflater?: MessageInflater) {
    this.#masked = masked
    this.#inflater = inflater
  }

  /** Returns what the frame completes; `undefined` if it completes nothing. */
  take(frame: ReceivedFrame): Taken | undefined {
    const what = this.#wrongWith(frame)
    if (what !== undefined) return { kind: 'violation', what }
    if (frame.opcode < 8) this.#length += frame.payload.length
    if (this.#length > largestMessage) return { kind: 'excess', what: `a message of more than the ${largestMessage} octets that are kept` }
    return frame.opcode >= 8 ? taken(frame) : this.#message(frame)
  }

  #wrongWith({ fin, rsv, opcode, mask, payload, lengthForm }: ReceivedFrame): string | undefined {
    if (this.#masked && mask === undefined) return 'a frame of a client that is not masked (RFC 6455 §5.1)'
    if (!this.#masked && mask !== undefined) return 'a frame of a server that is masked (RFC 6455 §5.1)'
    const begins = opcode === Opcode.Text || opcode === Opcode.Binary
    if (rsv !== 0 && !(rsv === 4 && begins && this.#inflater !== undefined))
      return `reserved bits ${rsv} that were not agreed on (RFC 6455 §5.2)`
    if (!known.has(opcode)) return `a frame with the reserved opcode ${opcode} (RFC 6455 §5.2)`
    if (payload.length < shortest[lengthForm])
      return `a length of ${payload.length} in ${lengthForm} bits, not in the fewest (RFC 6455 §5.2)`
    if (opcode >= 8 && !fin) return 'a control frame in fragments (RFC 6455 §5.5)'
    if (opcode >= 8 && payload.length > 125) return `a control frame of ${payload.length} octets (RFC 6455 §5.5)`
    if (begins && this.#first !== undefined) return 'a new message before the last one has ended (RFC 6455 §5.4)'
    if (opcode === Opcode.Continuation && this.#first === undefined) return 'a continuation frame outside a message (RFC 6455 §5.4)'
    return undefined
  }

  #message({ fin, rsv, opcode, payload }: ReceivedFrame): Taken | undefined {
    this.#first ??= { kind: opcode === Opcode.Text ? 'text' : 'binary', isCompressed: rsv === 4 }
    this.#fragments.push(payload)
    // Empty fragments are not counted: the deadline ends a client that sends them for ever, and they take no memory.
    if (this.#fragments.length > mostFragments) this.#fragments = [joined(this.#fragments)]
    if (!fin) return undefined
    const { kind, isCompressed } = this.#first
    const whole = this.#fragments.length === 1 ? payload : joined(this.#fragments)
    this.#fragments = []
    this.#length = 0
    this.#first = undefined
    return isCompressed ? this.#inflated(kind, whole) : message(kind, whole)
  }

  #inflated(kind: 'text' | 'binary', compressed: Uint8Array): Taken {
    try {
      return message(kind, this.#inflater!.inflate(compressed), compressed.length)
    } catch (error) {
      if (error instanceof TooMuch) return { kind: 'excess', what: 'a compressed message that inflates to more than is kept' }
      return {
        kind: 'violation',
        what: `a compressed message that does not inflate: ${error instanceof Error ? error.message : String(error)}`,
      }
    }
  }
}

function message(kind: 'text' | 'binary', payload: Uint8Array, compressed?: number): Taken {
  if (kind === 'text' && !isUtf8(payload)) return { kind: 'violation', what: 'a text message that is not valid UTF-8 (RFC 6455 §8.1)' }
  return { kind, payload, ...(compressed !== undefined && { compressed }) }
}

function taken({ opcode, payload }: ReceivedFrame): Taken {
  if (opcode === Opcode.Ping) return { kind: 'ping', payload }
  if (opcode === Opcode.Pong) return { kind: 'pong', payload }
  const words = readClosePayload(payload)
  return typeof words === 'string' ? { kind: 'violation', what: words } : { kind: 'close', words, payload }
}

const known: ReadonlySet<number> = new Set(Object.values(Opcode))
const shortest = { 7: 0, 16: 126, 64: 65_536 } as const
/** In octets. The largest message of a case has 16 MiB. */
const largestMessage = 32 * 1024 * 1024
const mostFragments = 4096
