import type { Socket } from 'node:net'
import { closePayload } from '../../src/wire/close-payload.ts'
import type { Make } from './run-testees.ts'
import { type Header, type Side, Testee } from './testee.ts'

/** The reaction of a testee that should close: a close frame with this code, one without a code, a drop of TCP, or nothing. */
export type Reaction = number | 'empty' | 'drop' | 'silence'

/** The faults of a testee. A habit that is not named has no fault. */
export interface Faults {
  /** The answer to any close frame; `echo` repeats its payload without checking it. */
  readonly answer?: Reaction | 'echo'
  /** The answer to a close frame that breaks a rule. */
  readonly answerToFaultyClose?: Reaction
  /** The answer to text that is not valid UTF-8; `echo` sends it back. */
  readonly badText?: Reaction | 'echo'
  /** The reaction to a frame whose header breaks a rule. */
  readonly badFrame?: Reaction
  /** Whether it sends the close frame first, with 1000, right after an echo. */
  readonly closesFirst?: true
  /** Whether it goes on answering pings and messages after a close frame, before it answers that. */
  readonly answersBehindClose?: true
  /** Seconds before the answer to a close frame. */
  readonly lateClose?: number
  /** Whether it leaves it to the other side to end TCP. */
  readonly keepsTcp?: true
  readonly echo?: 'none' | 'other type' | 'one octet less' | 'twice'
  /** Seconds before an echo. */
  readonly lateEcho?: number
  readonly pong?: 'none' | 'other payload' | 'twice' | 'close'
}

/** Makes testees with these faults, as a server and as a client. */
export function faultyTestee(faults: Faults): Make {
  return {
    testee: class extends FaultyTestee {
      constructor(socket: Socket, side: Side) {
        super(socket, side, faults)
      }
    },
  }
}

class FaultyTestee extends Testee {
  readonly #faults: Faults
  /** A close frame that is answered after the frames that came later. */
  #waiting: Buffer | undefined

  constructor(socket: Socket, side: Side, faults: Faults) {
    super(socket, side)
    this.#faults = faults
  }

  override read(chunk: Buffer): void {
    super.read(chunk)
    const payload = this.#waiting
    this.#waiting = undefined
    if (payload !== undefined) super.closed(payload)
  }

  override wrongWith(header: Header): number | undefined {
    const wrong = super.wrongWith(header)
    // `closed` checks the length of a close frame.
    if (header.opcode === 8 && header.fin && header.rsv === 0) return undefined
    const { badFrame } = this.#faults
    if (wrong === undefined || badFrame === undefined) return wrong
    this.#react(badFrame)
    return undefined
  }

  override isText(part: Uint8Array, isLast: boolean): boolean {
    const { badText } = this.#faults
    if (super.isText(part, isLast)) return true
    if (badText === undefined) return false
    if (badText !== 'echo') this.#react(badText)
    return true
  }

  override message(opcode: number, payload: Uint8Array): void {
    const { echo, lateEcho, closesFirst } = this.#faults
    if (echo === 'none') return
    const octets = echo === 'one octet less' ? payload.subarray(1) : payload
    const kind = echo === 'other type' ? 3 - opcode : opcode
    const send = (): void => super.message(kind, octets)
    if (lateEcho !== undefined) setTimeout(send, lateEcho * 1000)
    else send()
    if (echo === 'twice') send()
    if (closesFirst === true) super.fail(1000)
  }

  override ping(payload: Uint8Array): void {
    const { pong } = this.#faults
    if (pong === 'none') return
    if (pong === 'close') return super.fail(1002)
    super.ping(pong === 'other payload' ? Uint8Array.of(1, ...payload.subarray(1)) : payload)
    if (pong === 'twice') super.ping(payload)
  }

  override wrongClose(payload: Buffer): number | undefined {
    return payload.length === 1 || payload.length > 125 ? 1002 : super.wrongClose(payload)
  }

  override closed(payload: Buffer): void {
    const { answer, answerToFaultyClose, lateClose, answersBehindClose } = this.#faults
    const isFaulty = this.wrongClose(payload) !== undefined
    if (answersBehindClose === true) this.#waiting = payload
    else if (answer === 'echo') this.#close(payload)
    else if (answer !== undefined) this.#react(answer)
    else if (isFaulty && answerToFaultyClose !== undefined) this.#react(answerToFaultyClose)
    else if (lateClose !== undefined) setTimeout(() => super.closed(payload), lateClose * 1000)
    else super.closed(payload)
  }

  override end(): void {
    this.isClosing = true
    if (this.#faults.keepsTcp !== true) super.end()
  }

  #react(reaction: Reaction): void {
    if (reaction === 'drop') {
      this.isClosing = true
      this.socket.destroy()
    } else if (reaction === 'silence') this.isClosing = true
    else this.#close(reaction === 'empty' ? new Uint8Array(0) : closePayload(reaction))
  }

  #close(payload: Uint8Array): void {
    this.send({ opcode: 8, payload })
    this.end()
  }
}
