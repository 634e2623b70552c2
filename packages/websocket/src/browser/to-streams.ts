import { closedError } from '../conversation/closed-error.ts'
import { readableOf, type StreamEnd, type Streamed, type WritableMessage, writableOf } from '../conversation/web-streams.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { type Connection, type Message, PageConversation } from './page-conversation.ts'

/** A connection as two web streams. */
export interface ConnectionStreams {
  /** Received messages. It takes one from the connection when a reader asks for it. */
  readonly readable: ReadableStream<Message>
  /** Messages to send. A write is done when there is room for the next one; closing the stream closes the connection with 1000. */
  readonly writable: WritableStream<Exclude<WritableMessage, AsyncIterable<unknown>>>
}

/**
 * Returns the web streams of a connection, which are the same each time. They do what `ws.readable` and `ws.writable` do on Node; a function of its own keeps them
 * out of pages that do not use them. A page cannot stop its server: what nobody has read waits in memory, up to `maxWaitingSize`.
 *
 * Throws `ApiMisuse` for what is not a connection of `connect`.
 */
export function toStreams(connection: Connection): ConnectionStreams {
  if (!isConnection(connection)) throw new ApiMisuse(`toStreams takes a connection of connect, and not ${shownValue(connection)}`)
  return { readable: readableOf(connection), writable: writableOf(connection as Streamed, endOf(connection)) }
}

function endOf(connection: Connection): StreamEnd {
  const reason = 'a stream could not be completed'
  if (connection instanceof PageConversation) {
    const { socket } = connection
    return {
      gone: socket.closed.then(closedError),
      // closing the connection itself would discard what the server still sends
      close: () => void socket.sendClose(CloseCode.Normal, ''),
      fail: cause => socket.fail(CloseCode.InternalError, reason, cause),
    }
  }
  return {
    gone: connection.closed.then(closedError),
    close: () => void connection.close(CloseCode.Normal),
    fail: () => void connection.close(CloseCode.InternalError, reason),
  }
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'ignoreMessages' in value && Symbol.asyncIterator in value
}
