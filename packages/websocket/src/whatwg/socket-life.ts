import { WebSocketClientFactory } from '../application/client-factory.ts'
import { parts } from '../application/protocol-parts.ts'
import { copyOf, type Octets, type ReceivedOctets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import type { ConnectionResponse } from '../handshake/connection-request.ts'
import { formatExtension } from '../handshake/http/extension-header.ts'
import { asError } from '../protocol/faults/as-error.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import { referenceFrom } from '../protocol/sending/frame-writer.ts'
import { aimAt } from './aim-at.ts'
import { checkAcknowledged } from './check-acknowledged.ts'
import { closeArguments } from './close-arguments.ts'
import { CloseEvent } from './close-event.ts'
import type { Dial } from './dialer.ts'
import { ErrorEvent } from './error-event.ts'
import { type ConnectionEvents, EventProtocol } from './event-protocol.ts'
import { EventTasks, type TaskPerformer } from './event-tasks.ts'
import { bufferSource, scalarText } from './idl-values.ts'
import { UnsentPayload } from './unsent-payload.ts'

/**
 * The life of one `WebSocket`: connects, sends, and dispatches events at its target.
 *
 * Its state changes together with the events that tell of it, so a listener never sees a state that was not announced.
 */
export class SocketLife implements ConnectionEvents, TaskPerformer<Task, TaskValue> {
  readonly url: string
  binaryType: 'arraybuffer' | 'blob' = 'blob'
  readonly #target: EventTarget
  readonly #origin: string
  readonly #offered: readonly string[]
  readonly #abort = new AbortController()
  #state: State = State.Connecting
  #protocol: EventProtocol | undefined
  #unsent: UnsentPayload | undefined
  #tasks: EventTasks<Task, TaskValue> | undefined
  /** Octets that will not be sent, because they came when the connection was closing. */
  #neverSent = 0
  /** Octets of messages that wait for a `Blob` to be read. */
  #waiting = 0
  /** Settles when the messages that wait for a `Blob` have been sent; `undefined` where none waits. */
  #blobs: Promise<void> | undefined

  /** Begins to connect. Throws `ApiMisuse` for options that cannot be used. */
  constructor(target: EventTarget, url: URL, protocols: readonly string[], dial: Dial) {
    this.#target = target
    this.url = url.href
    this.#origin = url.origin
    this.#offered = protocols
    const factory = new WebSocketClientFactory<EventProtocol>(anywhere, {
      ...ownDefaults,
      ...definedIn(dial.factoryOptions),
      protocols,
      build: () => new EventProtocol(this),
    })
    void this.#connect(factory, url, dial)
  }

  get readyState(): State {
    // the library ends a connection by itself at a fault of the server, and tells when the connection is gone
    const isEnding = this.#state === State.Open && !this.#protocol!.isOpen && !this.#tasks!.isBusy
    return isEnding ? State.Closing : this.#state
  }

  get bufferedAmount(): number {
    return this.#neverSent + this.#waiting + (this.#unsent?.size ?? 0)
  }

  get protocol(): string {
    return this.#protocol?.subprotocol ?? ''
  }

  get extensions(): string {
    return (this.#protocol?.extensions ?? []).map(({ name, parameters }) => formatExtension(name, parameters)).join(', ')
  }

  /** Sends text, octets, or a `Blob`; everything else as text. The octets are copied. Throws a `DOMException` before the connection is open. */
  send(data: unknown): void {
    const message = data instanceof Blob ? data : (bufferSource(data) ?? scalarText(data))
    const { readyState } = this
    if (readyState === State.Connecting) throw new DOMException('the connection is not open yet', 'InvalidStateError')
    if (readyState !== State.Open || !this.#protocol!.isOpen) this.#neverSent += sizeOf(message)
    else if (this.#blobs === undefined && !(message instanceof Blob)) this.#send(message)
    else this.#sendInTurn(message instanceof Uint8Array ? copyOf(message, 0, message.length) : message)
  }

  /** Closes, or gives the attempt to connect up. Throws a `DOMException` for a code or a reason that may not be sent. */
  close(code: number | undefined, reason: string): void {
    const checked = closeArguments(code, reason)
    const { readyState } = this
    if (readyState >= State.Closing) return
    this.#state = State.Closing
    if (readyState === State.Connecting) this.#abort.abort(new Error('the connection was closed before it was open'))
    else if (this.#blobs === undefined) this.#protocol!.sendClose(checked.code, checked.reason)
    else void this.#blobs.then(() => this.#protocol!.sendClose(checked.code, checked.reason))
  }

  // ---- for the protocol

  accepted(response: ConnectionResponse): void {
    checkAcknowledged(response, this.#offered)
  }

  opened(protocol: EventProtocol): void {
    this.#protocol = protocol
    this.#unsent = new UnsentPayload(protocol)
    this.#tasks = new EventTasks(this, protocol[parts].connection.shared.runtime.clock)
    this.#tasks.run('open', undefined)
  }

  textCame(text: string): void {
    this.#tasks!.run('message', text)
  }

  octetsCame(octets: Octets): void {
    this.#tasks!.run('message', octets)
  }

  closeFrameCame(): void {
    this.#tasks!.run('closing', undefined)
  }

  ended(info: CloseInfo): void {
    // without `opened` the attempt to connect has failed, and its promise says so; else a method of the application may be under way
    if (this.#protocol !== undefined) this.#tasks!.runLater('end', info)
  }

  /** Performs what the methods above have been told, for `EventTasks`. */
  perform(kind: Task, value: TaskValue): void {
    if (kind === 'message') this.#message(value as string | ReceivedOctets)
    else if (kind === 'end') this.#end(value as CloseInfo)
    else if (kind === 'closing') this.#state = State.Closing
    else if (this.#state === State.Connecting) {
      this.#state = State.Open
      this.#dispatch(new Event('open'))
    }
  }

  /** Has everything that listeners send leave in one write, as within a read event. */
  tasksBegan(): void {
    this.#protocol![parts].connection.outbox.readingBegan()
  }

  tasksEnded(): void {
    this.#protocol![parts].connection.outbox.readingEnded()
  }

  // ---- within

  async #connect(factory: WebSocketClientFactory<EventProtocol>, url: URL, dial: Dial): Promise<void> {
    try {
      // a turn of its own, so that even an attempt that fails at once fails after the constructor has returned
      await undefined
      aimAt(factory, url)
      await dial.connect(factory, this.#abort.signal)
    } catch (cause) {
      const error = asError(cause)
      if (this.#protocol === undefined)
        this.#end({ wasClean: false, code: CloseCode.Abnormal, reason: error.message, by: 'self', cause: error })
    }
  }

  #message(message: string | ReceivedOctets): void {
    if (this.#state === State.Open) this.#dispatch(new MessageEvent('message', { data: this.#dataOf(message), origin: this.#origin }))
  }

  #dataOf(message: string | ReceivedOctets): string | ArrayBuffer | Blob {
    if (typeof message === 'string') return message
    return this.binaryType === 'blob' ? new Blob([message]) : bufferOf(message)
  }

  #end({ wasClean, code, reason, cause }: CloseInfo): void {
    this.#state = State.Closed
    this.#unsent = undefined
    if (!wasClean) this.#dispatch(new ErrorEvent('error', { message: reason, error: cause ?? new Error(reason) }))
    // the library describes an unclean end in words of its own, which are not the peer's
    this.#dispatch(new CloseEvent('close', { wasClean, code, reason: wasClean ? reason : '' }))
  }

  #dispatch(event: Event): void {
    this.#target.dispatchEvent(event)
  }

  #send(message: string | Octets): void {
    const unsent = this.#unsent!
    unsent.beforeSend()
    if (typeof message === 'string') this.#protocol!.sendMessage(message)
    else this.#protocol!.sendMessage(this.#isCopiedBySending(message) ? message : copyOf(message, 0, message.length))
    this.#unsent?.afterSend()
  }

  /** Tells whether sending copies octets, as masking does, so that the caller may change them at once. */
  #isCopiedBySending({ length }: Octets): boolean {
    return length < referenceFrom || this.#protocol!.factory.options.maskClientFrames
  }

  /** Sends a message when the `Blob`s before it have been read. */
  #sendInTurn(message: string | Octets | Blob): void {
    const size = sizeOf(message)
    this.#waiting += size
    const sent = (this.#blobs ?? Promise.resolve()).then(async () => {
      try {
        const data = message instanceof Blob ? new Uint8Array(await message.arrayBuffer()) : message
        if (this.#protocol!.isOpen) this.#send(data)
        else this.#neverSent += size
      } catch {
        // a Blob that cannot be read any more, such as a file that was deleted
        this.#protocol!.failConnection(CloseCode.InternalError, 'a Blob could not be read')
      }
      this.#waiting -= size
      if (this.#blobs === sent) this.#blobs = undefined
    })
    this.#blobs = sent
  }
}

type Task = 'open' | 'message' | 'closing' | 'end'
type TaskValue = string | Octets | CloseInfo | undefined

function sizeOf(message: string | Octets | Blob): number {
  if (typeof message === 'string') return webText.encode(message).length
  return message instanceof Blob ? message.size : message.length
}

/** Returns octets as an `ArrayBuffer` that holds nothing else. */
function bufferOf(octets: ReceivedOctets): ArrayBuffer {
  return octets.buffer.byteLength === octets.length ? octets.buffer : octets.slice().buffer
}

/** Returns the options that have a value, so that `undefined` does not hide a default. */
function definedIn<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}

/**
 * Defaults that differ from those of the library (decision 110): an `ArrayBuffer` that an application gets is its own, and the platform sends everything,
 * however much waits already.
 */
const ownDefaults = { ownPayloadMemory: true, maxUnsentSize: 0 }

/** The URL with which a factory is made so that mistakes in options show before the URL is read. */
const anywhere = 'ws://localhost'
