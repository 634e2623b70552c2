import { describe, expect, it } from 'vitest'
import { metricsOf } from '../../src/program/metrics.ts'
import type { Realm } from '../../src/realm/realm.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

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

  it('escape the names of realms', () => {
    const { realm } = new TestRealm()
    const odd = Object.create(realm, { name: { value: 'a"b\\c\nd' } }) as Realm
    Object.defineProperty(odd, 'totals', { value: () => realm.totals() })
    expect(metricsOf([odd])).toContain('realm="a\\"b\\\\c\\nd"')
  })

  it('are as many however many sessions and topics there are', () => {
    const test = new TestRealm()
    const before = metricsOf([test.realm]).split('\n').length
    for (let i = 0; i < 10; i++) test.join()
    expect(metricsOf([test.realm]).split('\n').length).toBe(before)
  })
})
