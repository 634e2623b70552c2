import type { WebSocketProtocol } from '../../application/protocol.ts'
import { webText } from '../../bytes/text.ts'
import { closedError } from '../../conversation/closed-error.ts'
import type { Connection } from '../../conversation/connection.ts'
import type { ConversationProtocol } from '../../conversation/function-protocols.ts'
import { jsonText } from '../../conversation/json-text.ts'
import type { MessageOptions } from '../../conversation/message-options.ts'
import { abandon, isPieces } from '../../conversation/pieces.ts'
import { readableOf, writableOf } from '../../conversation/web-streams.ts'
import { checkOptions } from '../../protocol/checks/check-options.ts'
import { CloseCode } from '../../protocol/faults/close-code.ts'
import { ConnectionClosed } from '../../protocol/faults/errors.ts'
import { closeReason, fittingReason } from '../../protocol/frames/close-frame.ts'
import { OfflineQueue } from '../../reconnect/offline-queue.ts'
import { reconnectingDefaults } from '../../reconnect/reconnecting-defaults.ts'
import { type ReconnectingOptions, reconnectingChecks } from '../../reconnect/reconnecting-options.ts'
import { type ConversationChecks, type Line, Reconnection } from '../../reconnect/reconnection.ts'
import { awaitedClock } from '../runtime/awaited-clock.ts'
import { type DeadlineClock, runtimeOn } from '../runtime/node-runtime.ts'

/** Opens a connection that is connected again when it is lost. Loaded when the option `reconnect` is used. */
export async function reconnecting(
  dial: (signal: AbortSignal) => Promise<ConversationProtocol>,
  options: ReconnectingOptions<Connection>,
  signal: AbortSignal | undefined,
  clock: DeadlineClock | undefined,
): Promise<NodeReconnection> {
  checkOptions(options, reconnectingChecks, 'reconnect')
  const { queue = reconnectingDefaults.queue, queueSize = reconnectingDefaults.queueSize } = options
  const connection = new NodeReconnection({
    dial: async signal => new ProtocolLine(await dial(signal)),
    options,
    signal,
    clock: awaitedClock(runtimeOn(clock).clock),
    checks: conversationChecks,
    unsent: new OfflineQueue(queue, queueSize),
  })
  return connection.open()
}

const conversationChecks: ConversationChecks = {
  jsonText,
  closing: (code, reason) => void closeReason(code, reason, webText),
  fittingReason: reason => webText.decode(fittingReason(reason, webText)),
}

/** A reconnecting connection with the members of `Connection` that belong to the connection in use, or to the last one. */
class NodeReconnection extends Reconnection<Connection> implements Connection {
  get protocol(): WebSocketProtocol {
    return this.latest.protocol
  }

  get subprotocol(): string {
    return this.latest.subprotocol
  }

  get extensions(): Connection['extensions'] {
    return this.latest.extensions
  }

  get bufferedAmount(): number {
    return this.latest.bufferedAmount
  }

  /** A stream that is refused because there is no connection is told so, as one is that was given to a connection that has gone. */
  override send(message: unknown, options?: MessageOptions): Promise<void> {
    const { isOpen } = this
    const sent = super.send(message, options)
    if (!isOpen && isPieces(message)) void sent.catch(() => abandon(message))
    return sent
  }

  get readable(): Connection['readable'] {
    return readableOf(this)
  }

  get writable(): Connection['writable'] {
    return writableOf(this, {
      gone: this.closed.then(closedError),
      close: () => void this.close(CloseCode.Normal),
      fail: () => void this.close(CloseCode.InternalError, 'a stream could not be completed'),
    })
  }

  ping(...given: readonly never[]): Promise<number> {
    // it refuses arguments
    if (this.isOpen) return Reflect.apply(this.latest.ping, this.latest, given)
    const rejection = Promise.reject(new ConnectionClosed(CloseCode.Abnormal, 'there is no connection'))
    rejection.catch(() => undefined)
    return rejection
  }
}

/** The connection of a protocol object. */
class ProtocolLine implements Line<Connection> {
  readonly #protocol: ConversationProtocol

  constructor(protocol: ConversationProtocol) {
    this.#protocol = protocol
  }

  get connection(): Connection {
    return this.#protocol.conversation
  }

  get isOpen(): boolean {
    return this.#protocol.isOpen
  }

  get closed(): Line<Connection>['closed'] {
    return this.#protocol.closed
  }

  sendClose(code?: number, reason?: string): void {
    this.#protocol.sendClose(code, reason)
  }

  giveUp(): void {
    this.#protocol.dropConnection({ abort: true })
  }
}
