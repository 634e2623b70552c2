// @ts-check
// Spans of OpenTelemetry for the WebSocket connections of this process, made from its diagnostics channels.
import { onDiagnostics } from '@autobahn-ts/websocket'
import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api'

/**
 * Begins to make spans: one for each opening handshake, and one for each message that a handler gets. The trace of a handshake goes on
 * from the header `traceparent` of its request. Messages have traces of their own, which are linked to the handshake: a connection may live
 * for days.
 *
 * @param {import('@opentelemetry/api').Tracer} tracer
 * @returns {() => void} a function that ends the subscriptions
 */
export function traceWebSockets(tracer) {
  /** @type {WeakMap<object, import('@opentelemetry/api').Span>} */
  const handshakes = new WeakMap()

  const subscriptions = [
    onDiagnostics('request', message => {
      // With `isServer`, TypeScript knows which of the two requests it is.
      if (message.isServer) {
        const { headers, path, peer } = message.request
        const carrier = { traceparent: headers.get('traceparent'), tracestate: headers.get('tracestate') }
        const attributes = { 'url.path': path, 'client.address': peer.address }
        const parent = propagation.extract(context.active(), carrier)
        handshakes.set(message.source, tracer.startSpan('websocket handshake', { kind: SpanKind.SERVER, attributes }, parent))
      } else {
        const { host, resource } = message.request
        const attributes = { 'server.address': host, 'url.path': resource }
        handshakes.set(message.source, tracer.startSpan('websocket handshake', { kind: SpanKind.CLIENT, attributes }))
      }
    }),
    onDiagnostics('open', ({ source }) => {
      handshakes.get(source)?.setAttribute('http.response.status_code', 101).end()
    }),
    onDiagnostics('refused', ({ source, status, reason }) => {
      const span = handshakes.get(source)
      span?.setAttribute('http.response.status_code', status).setStatus({ code: SpanStatusCode.ERROR, message: reason }).end()
    }),
    onDiagnostics('close', ({ source, wasOpen, info }) => {
      // A handshake that ended without a response. Ending a span again has no effect.
      if (!wasOpen) handshakes.get(source)?.setStatus({ code: SpanStatusCode.ERROR, message: info.reason }).end()
    }),
    onDiagnostics('message', ({ source, isServer, direction, size, duration }) => {
      if (direction !== 'received') return
      const handshake = handshakes.get(source)
      const end = Date.now()
      const span = tracer.startSpan('websocket message', {
        kind: isServer ? SpanKind.CONSUMER : SpanKind.CLIENT,
        attributes: { 'messaging.message.body.size': size },
        links: handshake === undefined ? [] : [{ context: handshake.spanContext() }],
        startTime: end - (duration ?? 0),
        root: true,
      })
      span.end(end)
    }),
    onDiagnostics('error', ({ source, error }) => {
      const handshake = handshakes.get(source)
      const span = tracer.startSpan('websocket error', {
        links: handshake === undefined ? [] : [{ context: handshake.spanContext() }],
        root: true,
      })
      span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message }).end()
    }),
  ]
  return () => {
    for (const end of subscriptions) end()
  }
}

/**
 * Returns the headers that carry the active trace to a server.
 *
 * @returns {Record<string, string>}
 */
export function traceHeaders() {
  /** @type {Record<string, string>} */
  const headers = {}
  propagation.inject(context.active(), headers)
  return headers
}
