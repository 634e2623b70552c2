import { copyOf, type Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { octetsOf } from '../classes/payload.ts'
import { PreparedMessage } from '../protocol/prepared-message.ts'
import type { Connection } from './connection.ts'

/** A set of connections to broadcast to. Connections leave by themselves when they close. */
export class Channel {
  readonly #members = new Map<Connection, () => void>()
  /** Connections that will leave when they close, however often they join. */
  readonly #watched = new WeakSet<Connection>()

  get size(): number {
    return this.#members.size
  }

  /**
   * Adds the connection; the promise settles when it has left.
   *
   * From now on its messages are ignored, until something is received from it: nobody would read them, and they must not pile up.
   */
  join(connection: Connection): Promise<void> {
    connection.ignoreMessages()
    this.leave(connection)
    this.#watch(connection)
    return new Promise(resolve => {
      this.#members.set(connection, resolve)
    })
  }

  leave(connection: Connection): void {
    this.#members.get(connection)?.()
    this.#members.delete(connection)
  }

  /**
   * Sends to all members; the message is framed once.
   *
   * Members that are above their high-water mark, or in the middle of sending a stream, are skipped.
   * Tells how many got it and how many were skipped.
   */
  broadcast(message: string | Octets | PreparedMessage): { sent: number; skipped: number } {
    const prepared = message instanceof PreparedMessage ? message : prepare(message)
    let sent = 0
    let skipped = 0
    for (const member of this.#members.keys()) {
      if (member.isWritable) {
        member.protocol.sendPreparedMessage(prepared)
        sent++
      } else {
        skipped++
      }
    }
    return { sent, skipped }
  }

  #watch(connection: Connection): void {
    if (this.#watched.has(connection)) return
    this.#watched.add(connection)
    void connection.closed.then(() => this.leave(connection))
  }
}

function prepare(message: string | Octets): PreparedMessage {
  const octets = octetsOf(message, webText)
  return new PreparedMessage(copyOf(octets, 0, octets.length), typeof message !== 'string', {})
}
