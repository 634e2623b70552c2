import type { WebSocketProtocol } from '../application/protocol.ts'

/**
 * Calls `leave` when the connection has closed, unless the function that this returns was called before.
 *
 * All channels of a connection share one handler of `closed`: a handler for each join would stay with the connection until it closes, and
 * keep every channel in memory that it has ever joined.
 */
export function whenDeparted(connection: WebSocketProtocol, leave: () => void): () => void {
  const waiting = departures.get(connection) ?? awaitDeparture(connection)
  waiting.add(leave)
  return () => waiting.delete(leave)
}

function awaitDeparture(connection: WebSocketProtocol): Set<() => void> {
  const waiting = new Set<() => void>()
  departures.set(connection, waiting)
  void connection.closed.then(() => {
    for (const leave of waiting) leave()
  })
  return waiting
}

const departures = new WeakMap<WebSocketProtocol, Set<() => void>>()
