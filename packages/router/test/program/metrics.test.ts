import { JsonSerializer, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { metricsOf } from '../../src/program/metrics.ts'
import { type Family, readPrometheusText } from '../fixtures/prometheus-text.ts'
import { payload, TestRealm } from '../fixtures/test-realm.ts'

const { YIELD } = MessageType

describe('the counters for Prometheus', () => {
  it('are lines of name, labels and value, with one explanation for each name', () => {
    const { realm } = new TestRealm()
    const lines = metricsOf([realm]).trimEnd().split('\n')
    for (const line of lines) {
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [\d.e+-]+)$/)
    }
    const helps = lines.filter(line => line.startsWith('# HELP')).map(line => line.split(' ')[2])
    expect(new Set(helps).size).toBe(helps.length)
  })

  it('are read by a parser of the format, of several realms', () => {
    const families = readPrometheusText(metricsOf([new TestRealm().realm, new TestRealm({ name: 'com.other' }).realm]))
    const realms = (name: string) => new Set(families.get(name)?.samples.map(({ labels }) => labels.realm))
    for (const name of families.keys()) if (name.startsWith('wamp_')) expect(realms(name)).toEqual(new Set(['realm1', 'com.other']))
    expect([...families].map(([name, { type }]) => `${name} ${type}`)).toEqual([
      'wamp_sessions gauge',
      'wamp_subscriptions gauge',
      'wamp_registrations gauge',
      'wamp_messages_total counter',
      'wamp_match_seconds histogram',
      'wamp_hop_seconds histogram',
      'wamp_outbox_octets gauge',
      'wamp_outbox_messages gauge',
      'wamp_outbox_highest_octets gauge',
      'wamp_dropped_total counter',
      'wamp_held_publishers_total counter',
      'process_resident_memory_bytes gauge',
      'nodejs_heap_size_used_bytes gauge',
      'process_cpu_seconds_total counter',
    ])
  })

  it('escape the names of realms', () => {
    const { realm } = new TestRealm({ name: 'a"b\\c\nd' })
    expect(metricsOf([realm])).toContain('realm="a\\"b\\\\c\\nd"')
    expect(readPrometheusText(metricsOf([realm])).get('wamp_sessions')?.samples[0]?.labels.realm).toBe('a"b\\c\nd')
  })

  it('are as many however many sessions and topics there are', () => {
    const test = new TestRealm()
    const before = metricsOf([test.realm]).split('\n').length
    for (let i = 0; i < 10; i++) {
      const client = test.join()
      client.register(`com.${i}`)
      client.subscribe(`com.${i}`)
      client.publish(`com.${i}`)
    }
    expect(metricsOf([test.realm]).split('\n').length).toBe(before)
  })

  it('tell the messages of both directions by type, from 0 on', () => {
    const test = new TestRealm()
    const [one, two] = [test.join(), test.join()]
    two.subscribe('com.tick')
    one.publish('com.tick')
    one.publish('com.tick')
    const messages = valuesOf(readPrometheusText(metricsOf([test.realm])).get('wamp_messages_total'), 'direction', 'type')
    expect(messages).toMatchObject({ 'received PUBLISH': 2, 'received SUBSCRIBE': 1, 'sent EVENT': 2, 'sent WELCOME': 2, 'sent RESULT': 0 })
  })

  it('tell what waits for sessions now and at most, and why messages did not reach one', () => {
    const test = new TestRealm({ outboxMessages: 2, outboxReserveMessages: 2, maxDeliveries: 1 })
    const one = test.join()
    const [slow, deaf, twice] = [test.join({}, { highWaterMark: 0 }), test.join({}, { highWaterMark: 0 }), test.join()]
    slow.subscribe('com.tick')
    slow.transport.stall()
    for (let n = 0; n < 5; n++) one.publish('com.tick')
    twice.subscribe('com.both')
    twice.subscribe('com.both', { match: 'prefix' })
    one.publish('com.both')
    deaf.transport.stall()
    for (let n = 0; n < 10; n++) deaf.call('com.nobody')
    const families = readPrometheusText(metricsOf([test.realm]))
    const { octets } = slow.session.outbox
    expect(families.get('wamp_outbox_octets')?.samples[0]?.value).toBe(octets)
    expect(families.get('wamp_outbox_messages')?.samples[0]?.value).toBe(2)
    expect(families.get('wamp_outbox_highest_octets')?.samples[0]?.value).toBeGreaterThan(octets)
    expect(valuesOf(families.get('wamp_dropped_total'), 'reason')).toEqual({
      event_outbox_full: slow.session.outbox.counters.droppedEvents,
      event_too_large: 0,
      event_too_many_matches: 1,
      call_outbox_full: 0,
      call_too_large: 0,
      session_outbox_full: 1,
    })
  })

  it('tell what a receiver could not take because of its size', () => {
    const test = new TestRealm()
    const [one, small] = [test.join(), test.join({}, { maxMessageSize: 2000, serializer: new JsonSerializer() })]
    small.register('com.small')
    one.call('com.small', ['x'.repeat(5000)])
    expect(valuesOf(readPrometheusText(metricsOf([test.realm])).get('wamp_dropped_total'), 'reason')).toMatchObject({ call_too_large: 1 })
  })

  it('have histograms of the time that a search and a message take, from the first reading on', () => {
    const test = new TestRealm()
    const [one, two] = [test.join(), test.join()]
    two.register('com.add')
    readPrometheusText(metricsOf([test.realm]))
    for (let n = 0; n < 10; n++) {
      one.call('com.add')
      two.say([YIELD, two.received().at(-1)?.[1] as number, {}, payload(n)])
    }
    const families = readPrometheusText(metricsOf([test.realm]))
    for (const [name, type] of [
      ['wamp_match_seconds', 'CALL'],
      ['wamp_hop_seconds', 'CALL'],
    ]) {
      const samples = families.get(name!)?.samples.filter(({ labels }) => labels.type === type) ?? []
      expect(samples.find(sample => sample.name === `${name}_count`)?.value).toBeGreaterThan(0)
      expect(samples.filter(sample => sample.name === `${name}_bucket`).map(({ labels }) => labels.le)).toContain('0.000025')
    }
  })
})

function valuesOf(family: Family | undefined, ...labels: readonly string[]): Record<string, number> {
  return Object.fromEntries((family?.samples ?? []).map(sample => [labels.map(name => sample.labels[name]).join(' '), sample.value]))
}
