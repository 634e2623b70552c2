// @ts-check
// The metrics of a WebSocket server for Prometheus: counts from its totals, times and sizes from the diagnostics channels.
import { onDiagnostics } from '@autobahn-ts/websocket'
import { Counter, Gauge, Histogram } from 'prom-client'

/**
 * Registers the metrics of a server. Call it before the server listens: a connection looks for subscribers once, when it begins.
 *
 * @param {import('prom-client').Registry} registry
 * @param {() => import('@autobahn-ts/websocket').ConnectionTotals | undefined} totals
 * @returns {() => void} a function that ends the subscriptions
 */
export function registerWebSocketMetrics(registry, totals) {
  const registers = [registry]

  // Totals are read when Prometheus asks, so they cost nothing between two scrapes.
  new Gauge({
    name: 'websocket_connections',
    help: 'WebSocket connections now, by state',
    labelNames: ['state'],
    registers,
    collect() {
      const { opening = 0, open = 0 } = totals() ?? {}
      this.set({ state: 'opening' }, opening)
      this.set({ state: 'open' }, open)
    },
  })
  counter('websocket_opened_total', 'WebSocket connections that were opened', [], ({ opened }) => [[{}, opened]])
  counter('websocket_refused_total', 'Opening handshakes that were refused, by HTTP status', ['status'], ({ refused }) =>
    by('status', refused),
  )
  counter('websocket_failed_total', 'Opening handshakes that ended without a response', [], ({ failed }) => [[{}, failed]])
  counter('websocket_closed_total', 'WebSocket connections that are gone, by close code', ['code'], ({ closed }) => by('code', closed))
  counter('websocket_messages_total', 'Messages, by direction', ['direction'], ({ traffic }) => [
    [{ direction: 'received' }, traffic.incomingWebSocketMessages],
    [{ direction: 'sent' }, traffic.outgoingWebSocketMessages],
  ])
  counter('websocket_wire_bytes_total', 'Octets of the transports, by direction', ['direction'], ({ traffic }) => [
    [{ direction: 'received' }, traffic.incomingOctetsWireLevel],
    [{ direction: 'sent' }, traffic.outgoingOctetsWireLevel],
  ])

  const handshakes = new Histogram({
    name: 'websocket_handshake_seconds',
    help: 'Time of opening handshakes, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const handlers = new Histogram({ name: 'websocket_handler_seconds', help: 'Time of the application with a message', registers })
  const sizes = new Histogram({
    name: 'websocket_message_bytes',
    help: 'Sizes of messages as the application sees them, by direction',
    labelNames: ['direction'],
    buckets: [64, 1024, 16_384, 262_144, 4_194_304],
    registers,
  })
  const subscriptions = [
    onDiagnostics('open', ({ isServer, duration }) => {
      if (isServer) handshakes.observe({ outcome: 'opened' }, duration / 1000)
    }),
    onDiagnostics('refused', ({ isServer, duration }) => {
      if (isServer) handshakes.observe({ outcome: 'refused' }, duration / 1000)
    }),
    onDiagnostics('message', ({ isServer, direction, size, duration }) => {
      if (!isServer) return
      sizes.observe({ direction }, size)
      if (duration !== undefined) handlers.observe(duration / 1000)
    }),
  ]
  return () => {
    for (const end of subscriptions) end()
  }

  /**
   * @param {string} name
   * @param {string} help
   * @param {string[]} labelNames
   * @param {(totals: import('@autobahn-ts/websocket').ConnectionTotals) => [labels: Record<string, string>, count: number][]} counts
   */
  function counter(name, help, labelNames, counts) {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        const now = totals()
        if (now === undefined) return
        this.reset()
        for (const [labels, count] of counts(now)) this.inc(labels, count)
      },
    })
  }
}

/**
 * @param {string} label
 * @param {Readonly<Record<number, number>>} counts
 * @returns {[labels: Record<string, string>, count: number][]}
 */
function by(label, counts) {
  return Object.entries(counts).map(([value, count]) => [{ [label]: value }, count])
}
