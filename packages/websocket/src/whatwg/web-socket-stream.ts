import type { ReceivedOctets } from '../bytes/octets.ts'
import { exposed } from './exposed.ts'
import { dictionary, needsArguments, scalarText, textSequence } from './idl-values.ts'
import { checkedProtocols } from './requested-protocols.ts'
import { StreamLife } from './stream-life.ts'
import type { OpenStream } from './streamed-connection.ts'
import { urlRecord } from './url-record.ts'
import { closeInfoArguments, type WebSocketCloseInfo } from './web-socket-error.ts'

/** A connection that is open: what `WebSocketStream.opened` resolves with. */
export interface WebSocketOpenInfo {
  /** The negotiated extensions as the header has them. */
  readonly extensions: string
  /** The negotiated subprotocol; empty for none. */
  readonly protocol: string
  /**
   * Received messages: text as strings, binary as octets. One message is read ahead; while nobody reads, the server is stopped through TCP. Cancelling closes
   * the connection.
   */
  readonly readable: ReadableStream<string | ReceivedOctets>
  /** Messages to send. A write is done when there is room for the next one. Closing or aborting closes the connection. */
  readonly writable: WritableStream<string | ArrayBufferView | ArrayBuffer>
}

/** The options of the platform's `WebSocketStream`. */
export interface WebSocketStreamOptions {
  /** The subprotocols to offer, best first. */
  protocols?: readonly string[]
  /** Stops connecting when it is aborted. It has no effect once the connection is open. */
  signal?: AbortSignal
}

/**
 * A connection as two streams with back pressure (WebSockets Standard, `WebSocketStream`).
 *
 * A rejection of `opened` or `closed` need not be handled.
 */
export interface WebSocketStream {
  readonly url: string
  /** Resolves when the connection is open. Rejects with a `WebSocketError` where it cannot be opened, and with the reason of the signal. */
  readonly opened: Promise<WebSocketOpenInfo>
  /** Resolves when the connection was closed cleanly, with the peer's code, 1005 without one. Rejects with a `WebSocketError` otherwise. */
  readonly closed: Promise<Required<WebSocketCloseInfo>>
  /** Begins the closing handshake, or gives the attempt to connect up. What has not been read is discarded. */
  close(info?: WebSocketCloseInfo): void
}

/** The class of `WebSocketStream`. */
export interface WebSocketStreamClass<Options = unknown> {
  /**
   * Begins to connect. Throws a `DOMException` named `SyntaxError` for a URL or a subprotocol that cannot be used, and `ApiMisuse` for options that cannot be
   * used.
   */
  new (url: string | URL, options?: WebSocketStreamOptions & Options): WebSocketStream
  readonly prototype: WebSocketStream
}

/**
 * Begins a connection: takes the options that the platform does not have, and returns the way to open it. Throws `ApiMisuse` for options that cannot be
 * used.
 */
export type BeginStream<Options> = (url: URL, protocols: readonly string[], options: Options) => OpenStream

/** Makes the class `WebSocketStream` of a runtime. */
export function webSocketStreamClass<Options extends object>(begin: BeginStream<Options>): WebSocketStreamClass<Options> {
  class WebSocketStream {
    readonly #life: StreamLife

    constructor(url: string | URL, options: unknown = {}) {
      // biome-ignore lint/complexity/noArguments: the standard counts the arguments, also those that are undefined
      needsArguments(1, arguments.length, 'WebSocketStream')
      const record = scalarText(url)
      const { protocols, signal, ...own } = dictionary(options, 'the second argument of WebSocketStream')
      const offered = protocols === undefined ? [] : textSequence(protocols, 'protocols')
      if (signal !== undefined && !isSignal(signal)) throw new TypeError('signal must be an AbortSignal')
      const aim = urlRecord(record)
      this.#life = new StreamLife(aim, begin(aim, checkedProtocols(offered), own as Options), signal)
    }

    get url(): string {
      return this.#life.url
    }

    get opened(): Promise<WebSocketOpenInfo> {
      return #life in this ? this.#life.opened : wrongObject()
    }

    get closed(): Promise<Required<WebSocketCloseInfo>> {
      return #life in this ? this.#life.closed : wrongObject()
    }

    close(info: unknown = {}): void {
      const life = this.#life
      const { code, reason } = closeInfoArguments(info, 'the argument of close')
      life.close(code, reason)
    }
  }
  return exposed(WebSocketStream as unknown as WebSocketStreamClass<Options>, {
    name: 'WebSocketStream',
    members: ['url', 'opened', 'closed', 'close'],
  })
}

/** Rejects: an attribute that is a promise does not throw (Web IDL, §3.7.6). */
function wrongObject<Value>(): Promise<Value> {
  return Promise.reject(new TypeError('the object is not a WebSocketStream'))
}

function isSignal(value: unknown): value is AbortSignal {
  return Object.prototype.toString.call(value) === '[object AbortSignal]'
}
