import { asError } from '../protocol/faults/as-error.ts'
import type { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Memory, Message, ReadableBlob, Source } from './connection.ts'

/** A message that a stream to a connection takes. */
export type WritableMessage = string | Memory | ReadableBlob | Source<Memory>

/** The part of a connection that its streams use. */
export interface Streamed extends AsyncIterable<Message> {
  send(message: WritableMessage): Promise<void>
  ignoreMessages(): void
}

/** The end of a connection for its streams, which differs from what an application asks for. */
export interface StreamEnd {
  /** Resolves when the connection is gone. */
  readonly gone: Promise<ConnectionClosed>
  /** Begins the closing handshake and leaves the messages that still come to the reader. */
  close(): void
  /** Ends the connection, because what was to be sent cannot be completed. */
  fail(cause: Error): void
}

/**
 * Returns the messages of a connection as a stream: one stream for each connection, made when it is first asked for.
 *
 * It takes a message from the connection when a reader asks, and none before, so that other calls may receive as long as nothing reads from it.
 */
export function readableOf(connection: Streamed): ReadableStream<Message> {
  return streamOf(connection, readables, () => {
    const messages = connection[Symbol.asyncIterator]()
    return new ReadableStream<Message>(
      {
        async pull(controller) {
          try {
            const { done, value } = await messages.next()
            if (done === true) controller.close()
            else controller.enqueue(value)
          } catch (error) {
            controller.error(error)
          }
        },
        async cancel() {
          // the call that waits for a message gives it to the next one
          await messages.return?.()
          connection.ignoreMessages()
        },
      },
      { highWaterMark: 0 },
    )
  })
}

/** Returns the way out of a connection as a stream: one stream for each connection, made when it is first asked for. */
export function writableOf(connection: Streamed, end: StreamEnd): WritableStream<WritableMessage> {
  return streamOf(connection, writables, () => {
    return new WritableStream<WritableMessage>({
      start(controller) {
        void end.gone.then(error => controller.error(error))
      },
      write: message => connection.send(message),
      async close() {
        end.close()
        await end.gone
      },
      abort(reason) {
        end.fail(reason === undefined ? new Error('the stream was aborted') : asError(reason))
      },
    })
  })
}

function streamOf<Stream>(connection: object, known: WeakMap<object, Stream>, make: () => Stream): Stream {
  const made = known.get(connection) ?? make()
  known.set(connection, made)
  return made
}

/** The streams by connection. Most connections have none, so they have no field for them. */
const readables = new WeakMap<object, ReadableStream<Message>>()
const writables = new WeakMap<object, WritableStream<WritableMessage>>()
