import type { Octets } from '../bytes/octets.ts'
import { ApiMisuse } from './errors.ts'
import type { ExtensionChain } from './extension-chain.ts'
import type { MessageWriter } from './message-writer.ts'
import { Opcode } from './opcode.ts'
import type { Outgoing } from './outgoing.ts'
import type { PreparedMessage } from './prepared-message.ts'
import type { SendOptions } from './send-options.ts'
import { type Lifecycle, State } from './state.ts'
import type { Timings } from './timings.ts'
import type { TrafficStats } from './traffic-stats.ts'

/**
 * The sending side as applications use it.
 *
 * Before the connection is open sending is misuse; once it is closing, what is to be sent is counted and not sent.
 */
export class Sender {
  readonly #lifecycle: Lifecycle
  readonly #stats: TrafficStats
  readonly #timings: Timings | undefined
  #outgoing: Outgoing | undefined
  #chain: ExtensionChain | undefined

  constructor(lifecycle: Lifecycle, stats: TrafficStats, timings: Timings | undefined) {
    this.#lifecycle = lifecycle
    this.#stats = stats
    this.#timings = timings
  }

  /** The connection is open. */
  open(outgoing: Outgoing, chain: ExtensionChain): void {
    this.#outgoing = outgoing
    this.#chain = chain
  }

  get isWritable(): boolean {
    return this.#lifecycle.state === State.Open && this.#outgoing!.isWritable
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#outgoing!.isInMessage
  }

  message(payload: Octets, isBinary: boolean, options: SendOptions): boolean {
    if (!this.#mayBegin('sendMessage')) return false
    this.#timings?.track('sendMessage')
    return this.#outgoing!.message(payload, isBinary, options)
  }

  prepared(message: PreparedMessage): boolean {
    return this.#mayBegin('sendPreparedMessage') && this.#outgoing!.prepared(message)
  }

  /** Begins a message, goes on with it, or ends it. */
  continue(method: string, write: (writer: MessageWriter) => void): boolean {
    if (!this.#mayBegin(method)) return false
    this.#outgoing!.continue(write)
    return this.isWritable
  }

  /** A frame that was begun may be completed while our close frame waits for its end. */
  frameData(payload: Octets): number {
    const mayComplete = this.#lifecycle.state === State.Closing && this.#outgoing?.isInFrame === true
    if (!mayComplete && !this.#mayBegin('sendMessageFrameData')) return 0 - payload.length
    return this.#outgoing!.continue(writer => writer.frameData(payload)) ?? 0 - payload.length
  }

  ping(payload: Octets): boolean {
    return this.#mayBegin('sendPing') && this.#outgoing!.control(Opcode.Ping, payload)
  }

  pong(payload: Octets): boolean {
    return this.#mayBegin('sendPong') && this.#outgoing!.pong(payload)
  }

  frame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): boolean {
    if (!this.#mayBegin('sendFrame')) return false
    const { opcodes, reservedBits } = this.#chain!
    if (!opcodes.has(opcode)) throw new ApiMisuse(`opcode ${opcode} is not claimed by an extension`)
    if ((reserved & ~reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
    return this.#outgoing!.reserved(opcode, payload, isFinal, reserved)
  }

  #mayBegin(method: string): boolean {
    const { state } = this.#lifecycle
    if (state === State.Connecting) throw new ApiMisuse(`${method} before the connection is open`)
    if (state === State.Open && !this.#outgoing!.isEnding) return true
    this.#stats.outgoingMessagesNotSent++
    return false
  }
}
