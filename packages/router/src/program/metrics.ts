import type { Realm } from '../realm/realm.ts'

/** A number of one realm, as Prometheus reads it. */
interface Series {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** Values of one realm, with further labels. Labels never have URIs or sessions, so their number is bounded. */
  values(realm: Realm): readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]
}

/** Writes the counters of realms in the text format of Prometheus (version 0.0.4). */
export function metricsOf(realms: Iterable<Realm>): string {
  const all = [...realms]
  const lines = allSeries.flatMap(({ name, help, type, values }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...all.flatMap(realm => values(realm).map(([labels, value]) => `${name}${labelsOf({ realm: realm.name, ...labels })} ${value}`)),
  ])
  return `${[...lines, ...processLines()].join('\n')}\n`
}

function gauge(name: string, help: string, value: (realm: Realm) => number): Series {
  return { name, help, type: 'gauge', values: realm => [[{}, value(realm)]] }
}

const allSeries: readonly Series[] = [
  gauge('wamp_sessions', 'Sessions that are open.', realm => realm.sessions.size),
  gauge('wamp_subscriptions', 'Subscriptions: topics and patterns with at least one subscriber.', realm => realm.broker.subscriptionCount),
  gauge('wamp_registrations', 'Registrations: procedures and patterns with at least one callee.', realm => realm.dealer.registrationCount),
  gauge('wamp_outbox_octets', 'Octets that wait for sessions that do not read.', realm => {
    let octets = 0
    for (const { outbox } of realm.sessions.values()) octets += outbox.octets
    return octets
  }),
  {
    name: 'wamp_dropped_total',
    help: 'Messages that did not reach a session, by reason.',
    type: 'counter',
    values: realm => {
      const { droppedEvents, oversizedEvents, refusedMessages } = realm.totals()
      return [
        [{ reason: 'event_outbox_full' }, droppedEvents],
        [{ reason: 'event_too_large' }, oversizedEvents],
        [{ reason: 'call_outbox_full' }, refusedMessages],
      ]
    },
  },
]

function processLines(): string[] {
  const { heapUsed, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    ...one('process_resident_memory_bytes', 'Resident memory.', 'gauge', rss),
    ...one('nodejs_heap_size_used_bytes', 'Heap in use.', 'gauge', heapUsed),
    ...one('process_cpu_seconds_total', 'CPU time.', 'counter', (user + system) / 1e6),
  ]
}

function one(name: string, help: string, type: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`]
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`)
  return `{${pairs.join(',')}}`
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
