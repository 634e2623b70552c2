import { Buffer } from 'node:buffer'
import { Duplex } from 'node:stream'
import { closedError } from '../../conversation/closed-error.ts'
import type { Connection, Message } from '../../conversation/connection.ts'
import { Conversation } from '../../conversation/conversation.ts'
import { checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse, wholeNumber } from '../../protocol/checks/option-values.ts'
import { CloseCode } from '../../protocol/faults/close-code.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import type { CloseInfo } from '../../protocol/life/close-info.ts'

/** Options of a connection as a Node stream. */
export interface DuplexOptions {
  /** Keeps texts and octets apart, in both directions: strings are text messages. Default: false, everything is octets. */
  readonly objectMode?: boolean
  /** Sends binary messages; `false` sends what is written as text, which must be UTF-8. Does not matter in object mode. Default: true. */
  readonly binary?: boolean
  /** The number of octets, or of messages in object mode, that wait in each direction of the stream. Default: that of Node. */
  readonly highWaterMark?: number
}

/**
 * Makes a Node stream of a connection: for `pipe`, `pipeline`, and libraries that take a socket. Each chunk that is written is a message. What is read is a
 * stream of octets, in which messages have no bounds; in object mode each message is a chunk.
 *
 * Reading slowly stops the peer, and a write is done when there is room for the next one. Ending the stream closes the connection with 1000; what
 * the peer still sends can be read. Destroying it drops the connection, as `terminate()` does. The stream ends when the connection closes cleanly, and is
 * destroyed with `ConnectionClosed` when it is lost, after the messages that had come. Nothing else may receive from the connection meanwhile.
 *
 * Throws `ApiMisuse` for what is not a connection, and for options that cannot be used.
 */
export function toDuplex(connection: Connection, options: DuplexOptions = {}): Duplex {
  checkOptions<DuplexOptions>(options, duplexOptions, 'toDuplex')
  if (!isConnection(connection))
    throw new ApiMisuse(`toDuplex takes a connection of connect or of a handler, and not ${shownValue(connection)}`)
  return new ConnectionDuplex(connection, options)
}

class ConnectionDuplex extends Duplex {
  readonly #connection: Connection
  readonly #messages: AsyncIterator<Message>
  readonly #closed: Promise<CloseInfo>
  readonly #isBinary: boolean | undefined
  #isReading = false

  constructor(connection: Connection, { objectMode = false, binary = true, highWaterMark }: DuplexOptions) {
    super({
      objectMode,
      // a stream that its reader has seen to the end has nothing more to send either
      allowHalfOpen: false,
      ...(highWaterMark !== undefined && { highWaterMark }),
    })
    this.#connection = connection
    this.#messages = connection[Symbol.asyncIterator]()
    // asking a connection for `closed` would tell it that its messages need not be kept
    this.#closed = Conversation.behind(connection)?.protocol.closed ?? connection.closed
    this.#isBinary = objectMode ? undefined : binary
    void this.#closed.then(() => this._read())
  }

  override _read(): void {
    if (!this.#isReading) void this.#readOn()
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const isText = this.#isBinary === false
    const sent = isText ? this.#connection.send(chunk, { binary: false }) : this.#connection.send(chunk)
    sent.then(() => callback(), callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    const conversation = Conversation.behind(this.#connection)
    // closing the connection itself would discard what the peer still sends
    if (conversation === undefined) void this.#connection.close(CloseCode.Normal)
    else conversation.protocol.sendClose(CloseCode.Normal)
    void this.#closed.then(() => callback())
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#connection.closeInfo === undefined) this.#connection.terminate()
    void this.#closed.then(() => callback(error))
  }

  async #readOn(): Promise<void> {
    this.#isReading = true
    try {
      let wantsMore = true
      while (wantsMore && !this.destroyed) {
        const { done, value } = await this.#messages.next()
        wantsMore = this.push(done === true ? null : this.#chunkOf(value)) && done !== true
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : closedError(await this.#closed))
    } finally {
      this.#isReading = false
    }
  }

  #chunkOf(message: Message): string | Uint8Array {
    if (this.#isBinary === undefined) return message
    return typeof message === 'string' ? Buffer.from(message) : Buffer.from(message.buffer, message.byteOffset, message.length)
  }
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'send' in value && 'terminate' in value && Symbol.asyncIterator in value
}

const duplexOptions: OptionChecks<DuplexOptions> = { objectMode: trueOrFalse, binary: trueOrFalse, highWaterMark: wholeNumber }
