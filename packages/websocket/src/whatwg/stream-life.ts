import type { Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import type { Message } from '../conversation/connection.ts'
import { asError } from '../protocol/faults/as-error.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { bufferSource, scalarText } from './idl-values.ts'
import type { OpenStream, StreamedConnection } from './streamed-connection.ts'
import { endedWith, WebSocketError } from './web-socket-error.ts'
import type { WebSocketOpenInfo, WebSocketStreamOptions } from './web-socket-stream.ts'

/** The life of one `WebSocketStream`: connects, and joins the two streams with the connection. */
export class StreamLife {
  readonly url: string
  readonly #opened = new Settlement<WebSocketOpenInfo>()
  readonly #closed = new Settlement<{ closeCode: number; reason: string }>()
  readonly #abort = new AbortController()
  #connection: StreamedConnection | undefined
  #isClosing = false
  #isWriting = false
  /** Whether a message was not written to its end. */
  #isUnwritten = false
  /** The close frame of a server that came while a message was being written, so that it was not written to its end. */
  #cutOff: { readonly closeCode: number; readonly reason: string } | undefined
  /** The error of an end that was not clean: one object for the promise and for both streams. */
  #failure: WebSocketError | undefined

  /** Begins to connect. */
  constructor(url: URL, open: OpenStream, signal: WebSocketStreamOptions['signal']) {
    this.url = url.href
    void this.#connect(open, signal)
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
    if (this.#connection === undefined) return this.#abort.abort(new Error('the connection was closed before it was open'))
    this.#connection.sendClose(code, reason)
    this.#connection.discard()
  }

  async #connect(open: OpenStream, signal: AbortSignal | undefined): Promise<void> {
    const offAbort = signal && whenAborted(signal, () => this.#abort.abort(signal.reason))
    try {
      signal?.throwIfAborted()
      this.#begin(await open(this.#abort.signal, (...frame) => this.#closeFrameCame(...frame)))
    } catch (cause) {
      const error = asError(cause)
      const reason = signal?.aborted === true ? signal.reason : endedWith(error.message, CloseCode.Abnormal, '', error)
      this.#opened.reject(reason)
      this.#closed.reject(reason)
    } finally {
      offAbort?.()
    }
  }

  #begin(connection: StreamedConnection): void {
    this.#connection = connection
    const ended = connection.closed.then(info => this.#end(info))
    const readable = this.#readable(connection, ended)
    const writable = this.#writable(connection, ended)
    this.#opened.resolve({ extensions: connection.extensions, protocol: connection.subprotocol, readable, writable })
  }

  #readable(connection: StreamedConnection, ended: Promise<void>): WebSocketOpenInfo['readable'] {
    const messages = connection[Symbol.asyncIterator]()
    return new ReadableStream<Message>({
      pull: async controller => {
        // a loop over messages also throws where the connection was lost, and the end says more about that
        const { done, value } = await messages.next().catch(() => ({ done: true as const, value: undefined }))
        if (!done) return controller.enqueue(value)
        await ended
        if (this.#failure === undefined) controller.close()
        else controller.error(this.#failure)
      },
      cancel: reason => this.#closeFor(reason),
    })
  }

  #writable(connection: StreamedConnection, ended: Promise<void>): WebSocketOpenInfo['writable'] {
    return new WritableStream<unknown>({
      start: controller => {
        // a message that was not written to its end rejects, and its error is then that of the stream
        void ended.then(() => this.#isUnwritten || controller.error(this.#failure ?? closedError()))
      },
      write: chunk => this.#write(connection, bufferSource(chunk) ?? scalarText(chunk), ended),
      close: async () => {
        this.close(undefined, '')
        await ended
      },
      abort: reason => this.#closeFor(reason),
    })
  }

  async #write(connection: StreamedConnection, message: string | Octets, ended: Promise<void>): Promise<void> {
    // while it closes, messages are dropped; the stream hears of the end when the connection is gone
    if (this.#isClosing) return
    this.#isWriting = true
    try {
      await connection.send(message)
      if (this.#cutOff === undefined) return
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) throw error
    } finally {
      this.#isWriting = false
    }
    this.#isUnwritten = true
    // the promise of the end rejects first, and an application that waits for that has not handled this one
    await ended
    throw closedError()
  }

  #closeFrameCame(code: number | undefined, reason: Octets): void {
    if (this.#isWriting) this.#cutOff = { closeCode: code ?? CloseCode.NoCode, reason: webText.decode(reason) }
  }

  /** Closes with the code and reason of a `WebSocketError`, and without any for other reasons. */
  #closeFor(reason: unknown): void {
    if (reason instanceof WebSocketError) this.close(reason.closeCode ?? undefined, reason.reason)
    else this.close(undefined, '')
  }

  #end(info: CloseInfo): void {
    this.#isClosing = true
    const { wasClean, code, reason, cause } = info
    if (this.#cutOff !== undefined)
      this.#failure = endedWith(
        'the server has closed while a message was being written',
        this.#cutOff.closeCode,
        this.#cutOff.reason,
        cause,
      )
    // the library describes such an end in its own words, which are the message
    else if (!wasClean) this.#failure = endedWith(`the connection was lost: ${reason}`, code, '', cause)
    if (this.#failure === undefined) this.#closed.resolve({ closeCode: code, reason })
    else this.#closed.reject(this.#failure)
  }
}

function closedError(): DOMException {
  return new DOMException('the connection is closed and takes no more messages', 'InvalidStateError')
}
