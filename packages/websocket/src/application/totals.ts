import { CloseCode } from '../protocol/faults/close-code.ts'
import { HandshakeFailed } from '../protocol/faults/errors.ts'
import { TrafficStats } from '../protocol/life/traffic-stats.ts'
import type { WebSocketServerProtocol } from './protocol.ts'
import { parts } from './protocol-parts.ts'

/**
 * Counts of a server's connections since it began: plain numbers, a copy that does not change any more. From one copy to the next, all but
 * `opening` and `open` only grow.
 */
export interface ConnectionTotals {
  /** The number of connections that are in the opening handshake now. */
  readonly opening: number
  /** The number of connections that are open or closing now. */
  readonly open: number
  /** The number of connections that were ever opened, including those that are open now. */
  readonly opened: number
  /** The numbers of opening handshakes that were refused, by HTTP status. */
  readonly refused: Readonly<Record<number, number>>
  /** The number of opening handshakes that ended without an HTTP response: the time was over, or the client left. */
  readonly failed: number
  /**
   * The number of transports for which no connection was made: too many above `maxConnections` were being refused, or `buildProtocol` threw; on an HTTP
   * server also upgrade requests with too many headers, and those of clients that had left.
   */
  readonly dropped: number
  /** The numbers of connections that were open and are gone, by the code of their `closeInfo`. */
  readonly closed: Readonly<Record<number, number>>
  /** The sum of the `trafficStats` of all connections that are here or were. */
  readonly traffic: TrafficStats
}

/**
 * Adds up connections as they end. What a connection has sent and received is taken from its own `trafficStats` at its end, so totals add no
 * work to frames and messages (decision 99).
 */
export class Totals {
  #opened = 0
  readonly #refused: Record<number, number> = {}
  #failed = 0
  #dropped = 0
  readonly #closed: Record<number, number> = {}
  readonly #traffic = new TrafficStats()

  /** Counts a connection that is gone. Called once for each. */
  ended(protocol: WebSocketServerProtocol): void {
    const { connection } = protocol[parts]
    const { closeInfo } = connection
    this.#traffic.add(connection.stats)
    if (connection.wasOpened) {
      this.#opened++
      countOne(this.#closed, closeInfo?.code ?? CloseCode.Abnormal)
      return
    }
    const cause = closeInfo?.cause
    if (cause instanceof HandshakeFailed && cause.status !== undefined) countOne(this.#refused, cause.status)
    else this.#failed++
  }

  /** Counts a transport that was dropped without a connection. */
  dropped(): void {
    this.#dropped++
  }

  /** Returns the totals, with the connections that are not gone. Takes time in proportion to their number. */
  with(present: Iterable<WebSocketServerProtocol>): ConnectionTotals {
    const traffic = new TrafficStats()
    traffic.add(this.#traffic)
    let [opening, open] = [0, 0]
    for (const protocol of present) {
      const { connection } = protocol[parts]
      traffic.add(connection.stats)
      if (connection.wasOpened) open++
      else opening++
    }
    return {
      opening,
      open,
      opened: this.#opened + open,
      refused: { ...this.#refused },
      failed: this.#failed,
      dropped: this.#dropped,
      closed: { ...this.#closed },
      traffic,
    }
  }
}

function countOne(counts: Record<number, number>, key: number): void {
  counts[key] = (counts[key] ?? 0) + 1
}
