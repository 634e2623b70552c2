import { memoryOctets } from '../bytes/real-octets.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import type { Message } from '../conversation/connection.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { formatExtension } from '../handshake/http/extension-header.ts'
import { asError } from '../protocol/faults/as-error.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { aimAt } from './aim-at.ts'
import type { Dial } from './dialer.ts'
import { scalarText } from './idl-values.ts'
import { StreamFactory } from './stream-factory.ts'
import { endedWith, WebSocketError } from './web-socket-error.ts'
import type { WebSocketOpenInfo, WebSocketStreamOptions } from './web-socket-stream.ts'

/** The life of one `WebSocketStream`: connects, and joins the two streams with a connection of the function style. */
export class StreamLife {
  readonly url: string
  readonly #opened = new Settlement<WebSocketOpenInfo>()
  readonly #closed = new Settlement<{ closeCode: number; reason: string }>()
  readonly #abort = new AbortController()
  #conversation: Conversation | undefined
  #isClosing = false

  /** Begins to connect. Throws `ApiMisuse` for options that cannot be used. */
  constructor(url: URL, protocols: readonly string[], dial: Dial, signal: WebSocketStreamOptions['signal']) {
    this.url = url.href
    const factory = new StreamFactory(anywhere, protocols, dial.factoryOptions)
    void this.#connect(factory, url, dial, signal)
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise
  }

  get closed(): Promise<{ closeCode: number; reason: string }> {
    return this.#closed.promise
  }

  close(code: number | undefined, reason: string): void {
    if (this.#isClosing) return
    this.#isClosing = true
    if (this.#conversation === undefined) return this.#abort.abort(new Error('the connection was closed before it was open'))
    this.#conversation.protocol.sendClose(code, reason)
    this.#conversation.inbox.stop()
  }

  async #connect(factory: StreamFactory, url: URL, dial: Dial, signal: AbortSignal | undefined): Promise<void> {
    const offAbort = signal && whenAborted(signal, () => this.#abort.abort(signal.reason))
    try {
      signal?.throwIfAborted()
      aimAt(factory, url)
      const { conversation } = await dial.connect(factory, this.#abort.signal)
      this.#begin(conversation)
    } catch (cause) {
      const error = asError(cause)
      const reason = signal?.aborted === true ? signal.reason : endedWith(error.message, CloseCode.Abnormal, '', error)
      this.#opened.reject(reason)
      this.#closed.reject(reason)
    } finally {
      offAbort?.()
    }
  }

  #begin(conversation: Conversation): void {
    this.#conversation = conversation
    const readable = this.#readable(conversation)
    const writable = this.#writable(conversation)
    void conversation.protocol.closed.then(info => this.#end(info))
    const extensions = conversation.extensions.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ')
    this.#opened.resolve({ extensions, protocol: conversation.subprotocol, readable, writable })
  }

  #readable(conversation: Conversation): WebSocketOpenInfo['readable'] {
    const messages = conversation[Symbol.asyncIterator]()
    return new ReadableStream<Message>({
      pull: async controller => {
        try {
          const { done, value } = await messages.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch {
          // the promise of the end resolves in time, because the loop has heard of it
          controller.error(errorOf(await conversation.protocol.closed))
        }
      },
      cancel: reason => this.#closeFor(reason),
    })
  }

  #writable(conversation: Conversation): WebSocketOpenInfo['writable'] {
    return new WritableStream<unknown>({
      start: controller => {
        void conversation.protocol.closed.then(info => {
          controller.error(
            info.wasClean ? new DOMException('the connection is closed and takes no more messages', 'InvalidStateError') : errorOf(info),
          )
        })
      },
      write: async chunk => {
        const message = memoryOctets(chunk) ?? scalarText(chunk)
        // while it closes, messages are dropped; the stream hears of the end when the connection is gone
        if (!this.#isClosing) await conversation.send(message)
      },
      close: async () => {
        this.close(undefined, '')
        await conversation.protocol.closed
      },
      abort: reason => this.#closeFor(reason),
    })
  }

  /** Closes with the code and reason of a `WebSocketError`, and without any for other reasons. */
  #closeFor(reason: unknown): void {
    if (reason instanceof WebSocketError) this.close(reason.closeCode ?? undefined, reason.reason)
    else this.close(undefined, '')
  }

  #end(info: CloseInfo): void {
    this.#isClosing = true
    if (info.wasClean) this.#closed.resolve({ closeCode: info.code, reason: info.reason })
    else this.#closed.reject(errorOf(info))
  }
}

/** Makes the error of a connection that did not close cleanly. The library describes such an end in its own words, which are the message. */
function errorOf({ code, reason, cause }: CloseInfo): WebSocketError {
  return endedWith(`the connection was lost: ${reason}`, code, '', cause)
}

/** The URL with which a factory is made so that mistakes in options show before the URL is read. */
const anywhere = 'ws://localhost'
