import type { CloseEvent } from './close-event.ts'
import type { Dialer } from './dialer.ts'
import type { ErrorEvent } from './error-event.ts'
import { EventHandlers } from './event-handlers.ts'
import { exposed } from './exposed.ts'
import { clampedShort, needsArguments, scalarText } from './idl-values.ts'
import { requestedProtocols } from './requested-protocols.ts'
import { SocketLife } from './socket-life.ts'
import { urlRecord } from './url-record.ts'

/**
 * The platform's `WebSocket` (WebSockets Standard, https://websockets.spec.whatwg.org): events, and methods that do not wait.
 *
 * Events `error` have `message` and `error` with what happened, which pages do not get to know.
 */
export interface WebSocket extends EventTarget {
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  /** The form in which binary messages come: `'blob'`, which is the default, or `'arraybuffer'`. Any other value changes nothing. */
  binaryType: 'arraybuffer' | 'blob'
  /** Octets of messages that were sent and have not gone to the system, without the headers of frames. What is sent on a connection that is closing counts for ever. */
  readonly bufferedAmount: number
  /** The negotiated extensions as the header has them; empty before the connection is open. */
  readonly extensions: string
  /** The negotiated subprotocol; empty for none. */
  readonly protocol: string
  /** CONNECTING 0, OPEN 1, CLOSING 2, CLOSED 3. */
  readonly readyState: 0 | 1 | 2 | 3
  readonly url: string
  onopen: ((event: Event) => unknown) | null
  onmessage: ((event: MessageEvent) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  onclose: ((event: CloseEvent) => unknown) | null
  /**
   * Sends a message: a string as text, everything else as octets, which are copied. Never waits: what is sent faster than the network takes it lies in
   * memory, and `bufferedAmount` says how much. Throws a `DOMException` named `InvalidStateError` before the connection is open. Afterwards it throws
   * nothing, and what is sent on a connection that is closing is lost.
   */
  send(data: string | ArrayBufferView | ArrayBuffer | Blob): void
  /**
   * Begins the closing handshake, or gives the attempt to connect up. `code` is 1000 or 3000 to 4999; `reason` has at most 123 octets. Throws a
   * `DOMException` for others: `InvalidAccessError` for the code, `SyntaxError` for the reason.
   */
  close(code?: number, reason?: string): void
  addEventListener<Type extends keyof WebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: WebSocketEvents[Type]) => unknown,
    options?: boolean | ListenerOptions,
  ): void
  addEventListener(type: string, listener: Listener, options?: boolean | ListenerOptions): void
  removeEventListener<Type extends keyof WebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: WebSocketEvents[Type]) => unknown,
    options?: boolean | { capture?: boolean },
  ): void
  removeEventListener(type: string, listener: Listener, options?: boolean | { capture?: boolean }): void
}

/** The events of a `WebSocket` by their types. */
export interface WebSocketEvents {
  open: Event
  message: MessageEvent
  error: ErrorEvent
  close: CloseEvent
}

/** A listener of events. */
export type Listener = ((event: Event) => void) | { handleEvent(event: Event): void }

/** The options of a listener. */
export interface ListenerOptions {
  capture?: boolean
  once?: boolean
  passive?: boolean
  signal?: AbortSignal
}

/** The class of `WebSocket`. */
export interface WebSocketClass<Options = never> {
  /**
   * Begins to connect. `protocols` are the subprotocols to offer, best first. `options` are what the platform's class does not have.
   *
   * Throws a `DOMException` named `SyntaxError` for a URL or a subprotocol that cannot be used, and `ApiMisuse` for such options.
   */
  new (url: string | URL, protocols?: string | string[], options?: Options): WebSocket
  readonly prototype: WebSocket
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
}

/** Makes the class `WebSocket` of a runtime. */
export function webSocketClass<Options extends object>(dialer: Dialer<Options>): WebSocketClass<Options> {
  class WebSocket extends EventTarget {
    readonly #life: SocketLife
    readonly #handlers: EventHandlers

    constructor(url: string | URL, protocols: unknown = undefined, options: unknown = undefined) {
      // biome-ignore lint/complexity/noArguments: the standard counts the arguments, also those that are undefined
      needsArguments(1, arguments.length, 'WebSocket')
      super()
      const record = urlRecord(url)
      // the platform ignores further arguments, so only an object is taken for options
      const dial = dialer(typeof options === 'object' && options !== null ? (options as Options) : undefined, 'WebSocket')
      this.#handlers = new EventHandlers(this)
      this.#life = new SocketLife(this, record, requestedProtocols(protocols), dial)
    }

    get url(): string {
      return this.#life.url
    }

    get readyState(): 0 | 1 | 2 | 3 {
      return this.#life.readyState
    }

    get bufferedAmount(): number {
      return this.#life.bufferedAmount
    }

    get extensions(): string {
      return this.#life.extensions
    }

    get protocol(): string {
      return this.#life.protocol
    }

    get binaryType(): 'arraybuffer' | 'blob' {
      return this.#life.binaryType
    }

    set binaryType(type: unknown) {
      const text = `${type as string}`
      if (text === 'blob' || text === 'arraybuffer') this.#life.binaryType = text
      // an object of another class throws all the same
      else this.#life
    }

    get onopen(): unknown {
      return this.#handlers.handler('open')
    }

    set onopen(handler: unknown) {
      this.#handlers.set('open', handler)
    }

    get onmessage(): unknown {
      return this.#handlers.handler('message')
    }

    set onmessage(handler: unknown) {
      this.#handlers.set('message', handler)
    }

    get onerror(): unknown {
      return this.#handlers.handler('error')
    }

    set onerror(handler: unknown) {
      this.#handlers.set('error', handler)
    }

    get onclose(): unknown {
      return this.#handlers.handler('close')
    }

    set onclose(handler: unknown) {
      this.#handlers.set('close', handler)
    }

    send(data: unknown): void {
      const life = this.#life
      // biome-ignore lint/complexity/noArguments: the standard counts the arguments, also those that are undefined
      needsArguments(1, arguments.length, 'send')
      life.send(data)
    }

    close(code: unknown = undefined, reason: unknown = undefined): void {
      this.#life.close(code === undefined ? undefined : clampedShort(code), reason === undefined ? '' : scalarText(reason))
    }
  }
  return exposed(WebSocket as unknown as WebSocketClass<Options>, { name: 'WebSocket', members, constants })
}

const members = [
  'url',
  'readyState',
  'bufferedAmount',
  'onopen',
  'onerror',
  'onclose',
  'extensions',
  'protocol',
  'onmessage',
  'binaryType',
  'send',
  'close',
]
const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
