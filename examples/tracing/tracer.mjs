// @ts-check
// Sets OpenTelemetry up to print each span on a line. A real program has an exporter here that sends them to a collector.
import { SpanKind, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/** @type {import('@opentelemetry/sdk-trace-node').SpanProcessor} */
const printing = {
  onStart() {},
  onEnd(span) {
    const { name, kind, attributes, links, parentSpanContext: parent } = span
    const { traceId } = span.spanContext()
    const facts = { trace: traceId, parent: parent?.spanId, links: links.map(({ context }) => context.traceId), ...attributes }
    console.log(`span ${name} (${SpanKind[kind].toLowerCase()}) ${JSON.stringify(facts)}`)
  },
  async forceFlush() {},
  async shutdown() {},
}

new NodeTracerProvider({ spanProcessors: [printing] }).register()

export const tracer = trace.getTracer('autobahn-ts-example')
