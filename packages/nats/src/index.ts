/** The entry `@autobahn-ts/nats`: the port `Bus` of `@autobahn-ts/websocket` over NATS. */

export type { HistoryOptions } from './history/history-options.ts'
export { type NatsBus, type NatsBusOptions, type NatsClient, type NatsClientOptions, natsBus } from './node/nats-bus.ts'
export type { NatsCounters } from './node/nats-counters.ts'
export type { Gap } from './wire/gap-watch.ts'
