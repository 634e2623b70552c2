import { webText } from '../bytes/text.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import { isSignal } from '../protocol/checks/values.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { counted } from '../protocol/faults/counted.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** The messages that are sent while there is no connection: they wait for one, or are refused. */
export interface OfflineMessages<Message, Options> {
  /** Adds a message. The promise settles as that of the connection which sends it, or rejects. May throw `ApiMisuse`. */
  add(message: Message, options: Options): Promise<void>
  /** Hands everything that waits to a connection, in order. */
  flush(send: (message: Message, options: Options) => Promise<void>): void
  /** Rejects everything that waits, and from now on every message. */
  end(error: Error): void
}

/** The messages that wait for a connection, up to a number of them and of their octets. Only whole messages wait, because a source of octets may be long. */
export class OfflineQueue<Message, Options extends WaitOptions | undefined> implements OfflineMessages<Message, Options> {
  readonly #most: number
  readonly #mostOctets: number
  readonly #waiting = new Set<Waiting<Message, Options>>()
  #size = 0
  #end: Error | undefined

  constructor(most: number, mostOctets: number) {
    this.#most = most
    this.#mostOctets = mostOctets
  }

  /** Octets of the messages that wait. */
  get size(): number {
    return this.#size
  }

  /**
   * Adds a message; octets are copied, so that the caller may use their memory again. The promise settles as that of the connection which sends it. Rejects at once where the message may not wait, and with the
   * reason of its signal where that is aborted first; the message is not sent then.
   */
  add(message: Message, options: Options): Promise<void> {
    const size = sizeOf(message)
    const signal = signalOf(options)
    if (this.#end !== undefined) return Promise.reject(this.#end)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    const why = this.#refusal(size)
    if (why !== undefined) return Promise.reject(new ConnectionClosed(CloseCode.Abnormal, `there is no connection, and ${why}`))
    return new Promise((resolve, reject) => {
      const waiting = { message: copied(message), options, size: size!, resolve, reject, offAbort: () => {} }
      if (signal !== undefined) waiting.offAbort = whenAborted(signal, () => this.#giveUp(waiting, signal.reason))
      this.#waiting.add(waiting)
      this.#size += waiting.size
    })
  }

  /** Hands everything that waits to a connection, in order. */
  flush(send: (message: Message, options: Options) => Promise<void>): void {
    for (const { message, options, resolve } of this.#takeAll()) resolve(send(message, options))
  }

  /** Rejects everything that waits, and from now on every message. The first error counts. */
  end(error: Error): void {
    this.#end ??= error
    for (const { reject } of this.#takeAll()) reject(error)
  }

  #giveUp(waiting: Waiting<Message, Options>, reason: unknown): void {
    this.#waiting.delete(waiting)
    this.#size -= waiting.size
    waiting.reject(reason)
  }

  #takeAll(): Waiting<Message, Options>[] {
    const all = [...this.#waiting]
    this.#waiting.clear()
    this.#size = 0
    for (const { offAbort } of all) offAbort()
    return all
  }

  #refusal(size: number | undefined): string | undefined {
    if (this.#most === 0) return 'messages do not wait for one (option queue of reconnect)'
    if (size === undefined) return 'only whole messages wait for one'
    if (this.#waiting.size >= this.#most) return `the queue has room for ${counted(this.#most, 'message')} (option queue of reconnect)`
    if (this.#size + size > this.#mostOctets)
      return `more than ${counted(this.#mostOctets, 'octet')} would wait (option queueSize of reconnect)`
    return undefined
  }
}

/** Throws `ApiMisuse` for what is not a signal, and for options that cannot be read. The other options are checked by the connection that sends. */
function signalOf(options: WaitOptions | undefined): AbortSignal | undefined {
  try {
    const signal = options?.signal
    if (signal === undefined || isSignal(signal)) return signal
    throw new ApiMisuse(`option signal must be an AbortSignal, and not ${shownValue(signal)}`)
  } catch (error) {
    if (error instanceof ApiMisuse) throw error
    throw new ApiMisuse('the options of send cannot be read', { cause: error })
  }
}

/** The options of a message that are of use while it waits. */
interface WaitOptions {
  readonly signal?: AbortSignal
}

interface Waiting<Message, Options> {
  readonly message: Message
  readonly options: Options
  readonly size: number
  resolve(sent: Promise<void>): void
  reject(reason: unknown): void
  offAbort(): void
}

/** Octets of a whole message; `undefined` for a source of octets. Throws `ApiMisuse` for anything else. */
function sizeOf(message: unknown): number | undefined {
  if (typeof message === 'string') return webText.encode(message).length
  if (ArrayBuffer.isView(message) || message instanceof ArrayBuffer) return message.byteLength
  if (typeof message === 'object' && message !== null) return isBlob(message) ? message.size : undefined
  throw new ApiMisuse(`a message must be a string or octets, and not ${shownValue(message)}`)
}

/** Copies octets. What cannot be copied stays as it is: the connection that sends it says what is wrong. */
function copied<Message>(message: Message): Message {
  try {
    if (ArrayBuffer.isView(message)) return new Uint8Array(message.buffer, message.byteOffset, message.byteLength).slice() as Message
    return message instanceof ArrayBuffer ? (message.slice(0) as Message) : message
  } catch {
    return message
  }
}

/** Tells a `Blob` by its members, because runtimes have several classes of them. */
function isBlob(value: object): value is { readonly size: number } {
  return 'size' in value && typeof value.size === 'number' && 'arrayBuffer' in value
}
