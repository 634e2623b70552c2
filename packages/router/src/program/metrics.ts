import type { MessageName } from '@autobahn-ts/wamp/protocol'
import type { Histogram } from '../realm/histogram.ts'
import type { Realm } from '../realm/realm.ts'
import type { MessageCounts } from '../realm/traffic.ts'

type Labels = Readonly<Record<string, string>>

/** A number of one realm with its further labels. They never have URIs or sessions, so their number is bounded. */
interface Sample {
  readonly labels: Labels
  readonly value: number | Histogram
}

/** Numbers of one realm under one name, as Prometheus reads them. */
interface Series {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  samples(realm: Realm): readonly Sample[]
}

/**
 * Writes the counters of realms in the text format of Prometheus (version 0.0.4). Realms measure how long their messages take from the first time on
 * (decision 130).
 */
export function metricsOf(realms: Iterable<Realm>): string {
  const all = [...realms]
  const lines = allSeries.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...all.flatMap(realm => samples(realm).flatMap(({ labels, value }) => linesOf(name, { realm: realm.name, ...labels }, value))),
  ])
  return `${[...lines, ...processLines()].join('\n')}\n`
}

const allSeries: readonly Series[] = [
  gauge('wamp_sessions', 'Sessions that are open.', realm => realm.sessions.size),
  gauge('wamp_subscriptions', 'Subscriptions: topics and patterns with at least one subscriber.', realm => realm.broker.subscriptionCount),
  gauge('wamp_registrations', 'Registrations: procedures and patterns with at least one callee.', realm => realm.dealer.registrationCount),
  {
    name: 'wamp_messages_total',
    help: 'Messages of sessions: those that clients have sent (received), and those that went to clients (sent), by type.',
    type: 'counter',
    samples: ({ traffic }) => [
      ...messages('received', clientMessages, traffic.receivedByName),
      ...messages('sent', routerMessages, traffic.sentByName),
    ],
  },
  {
    name: 'wamp_match_seconds',
    help: 'Time to find the registration of a CALL, or the subscriptions of a PUBLISH; of one in 128 messages.',
    type: 'histogram',
    samples: realm => histograms(realm.measured().matches),
  },
  {
    name: 'wamp_hop_seconds',
    help: 'Time from a message that has arrived until what it causes is on its way; of one in 128 messages.',
    type: 'histogram',
    samples: realm => histograms(realm.measured().hops),
  },
  gauge('wamp_outbox_octets', 'Octets that wait for sessions that do not read.', realm => realm.waiting('octets')),
  gauge('wamp_outbox_messages', 'Messages that wait for sessions that do not read.', realm => realm.waiting('messages')),
  gauge('wamp_outbox_highest_octets', 'Most octets that have waited for one session, since the start.', realm => realm.highestOutbox()),
  {
    name: 'wamp_dropped_total',
    help: 'Messages that did not reach a session, by reason.',
    type: 'counter',
    samples: realm => Object.entries(realm.drops()).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  {
    name: 'wamp_held_publishers_total',
    help: 'Times that a publisher was not read for a while, because all receivers of its event were full.',
    type: 'counter',
    samples: ({ traffic }) => [{ labels: {}, value: traffic.holds }],
  },
]

function gauge(name: string, help: string, value: (realm: Realm) => number): Series {
  return { name, help, type: 'gauge', samples: realm => [{ labels: {}, value: value(realm) }] }
}

/** Makes a sample for each type that may come, so that a counter begins at 0, and for others that came. */
function messages(direction: string, names: readonly MessageName[], counts: MessageCounts): Sample[] {
  const all = new Set([...names, ...(Object.keys(counts) as MessageName[])])
  return Array.from(all, type => ({ labels: { direction, type }, value: counts[type] ?? 0 }))
}

function histograms(byType: Readonly<Record<string, Histogram>>): Sample[] {
  return Object.entries(byType).map(([type, value]) => ({ labels: { type }, value }))
}

function linesOf(name: string, labels: Labels, value: number | Histogram): string[] {
  if (typeof value === 'number') return [`${name}${labelsOf(labels)} ${value}`]
  let sum = 0
  const buckets = value.counts.map((count, n) => {
    sum += count
    const bound = value.bounds[n]
    return `${name}_bucket${labelsOf({ ...labels, le: bound === undefined ? '+Inf' : String(seconds(bound)) })} ${sum}`
  })
  return [...buckets, `${name}_sum${labelsOf(labels)} ${seconds(value.sum)}`, `${name}_count${labelsOf(labels)} ${sum}`]
}

/** Converts milliseconds, to nine digits, so that a bound has the figures of its bucket. */
function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toPrecision(9))
}

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

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`)
  return `{${pairs.join(',')}}`
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}

/** The messages that a client may send in a session. */
const clientMessages: readonly MessageName[] = [
  'CALL',
  'CANCEL',
  'YIELD',
  'ERROR',
  'PUBLISH',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'REGISTER',
  'UNREGISTER',
  'GOODBYE',
  'ABORT',
]

/** The messages that a client may get in a session. */
const routerMessages: readonly MessageName[] = [
  'WELCOME',
  'RESULT',
  'ERROR',
  'INVOCATION',
  'INTERRUPT',
  'EVENT',
  'PUBLISHED',
  'SUBSCRIBED',
  'UNSUBSCRIBED',
  'REGISTERED',
  'UNREGISTERED',
  'GOODBYE',
  'ABORT',
]
