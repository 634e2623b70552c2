import { copyOf, type Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { type BroadcastOptions, type BroadcastResult, broadcast } from '../classes/broadcast.ts'
import { octetsOf } from '../classes/payload.ts'
import { offerMessage } from '../classes/protocol.ts'
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
   * Sends to all members, or to those given; the message is framed once.
   *
   * Tells how many it was sent to, and how many were skipped: those above their high-water mark (unless `slow` is `send`), closing, or in the
   * middle of sending a stream.
   */
  broadcast(message: string | Octets | PreparedMessage, options: BroadcastOptions<Connection> = {}): BroadcastResult {
    const prepared = message instanceof PreparedMessage ? message : prepare(message)
    return broadcast(this.#members.keys(), options, (member, evenSlow) => {
      return (evenSlow || member.isWritable) && offerMessage(member.protocol, prepared, evenSlow)
    })
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
