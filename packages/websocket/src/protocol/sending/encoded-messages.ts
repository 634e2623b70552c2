import { copyOf, type Octets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../faults/errors.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { BegunMessage } from './begun-message.ts'
import type { Piece } from './encode-piece.ts'
import { BeginJob, type EncodingTools, MessageJob, PieceJob, PreparedJob } from './encoding-jobs.ts'
import { type EncodingEvents, type EncodingJob, EncodingQueue } from './encoding-queue.ts'
import { referenceFrom } from './frame-writer.ts'
import type { PreparedMessage } from './prepared-message.ts'

/**
 * Sends messages through the encoders of extensions, such as permessage-deflate, and then to the frame writer. An `EncodingQueue` keeps their
 * order, also where an encoder takes several turns of the event loop.
 *
 * The methods return whether they have taken what they were given. They have not where an encoder has failed: that message can neither be
 * completed nor taken back, so `encodingFailed` ends the connection (decision 69).
 */
export class EncodedMessages {
  readonly #tools: EncodingTools
  readonly #events: EncodingEvents
  readonly #queue: EncodingQueue

  constructor(tools: EncodingTools, events: EncodingEvents) {
    this.#tools = tools
    this.#events = events
    this.#queue = new EncodingQueue(events)
  }

  /** Whether a message waits, or is being encoded. */
  get isBusy(): boolean {
    return this.#queue.isBusy
  }

  /** Octets of the messages that wait or are being encoded. */
  get octets(): number {
    return this.#queue.octets
  }

  putMessage(payload: Octets, isBinary: boolean, options: SendOptions, fragmentSize: number): boolean {
    return this.#add(new MessageJob(this.#tools, this.#kept(payload), isBinary, options, fragmentSize))
  }

  /** `key`: the parameters of the extensions, with which connections share what was encoded once. */
  putPrepared(message: PreparedMessage, key: string): boolean {
    return this.#add(new PreparedJob(this.#tools, message, key))
  }

  /** Begins a message that is sent frame by frame: asks the extensions for its encoder. */
  begin(message: BegunMessage, options: SendOptions): boolean {
    return this.#add(new BeginJob(this.#tools, message, message.isBinary, options))
  }

  /** Puts a piece of the message that was begun. `reserved`: the bits that the application asked for. */
  putPiece(message: BegunMessage, payload: Octets, reserved: number, piece: Piece): boolean {
    return this.#add(new PieceJob(this.#tools, message, this.#kept(payload), reserved, piece))
  }

  /** Forgets the messages that wait or are being encoded. */
  abandon(): void {
    this.#queue.abandon()
  }

  /** Throws misuse, which is the caller's. Any other error is the encoder's. */
  #add(job: EncodingJob): boolean {
    try {
      this.#queue.add(job)
      return true
    } catch (error) {
      if (error instanceof ApiMisuse) throw error
      this.#events.encodingFailed(error)
      return false
    }
  }

  /** Copies a small payload that has to wait, because the caller may use its octets again at once. */
  #kept(payload: Octets): Octets {
    return this.isBusy && payload.length < referenceFrom ? copyOf(payload, 0, payload.length) : payload
  }
}
