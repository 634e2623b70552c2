import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { figuresOf, type Results } from '../../bench/report/figures.mjs'

describe('the figures that documents quote', () => {
  it('has channels beside socket.io, and says which targets are met', () => {
    expect(figuresOf(results).channels).toContain('| one at a time | autobahn-ts | 10.0 | 0.25 | 10 | 19 |')
    const rows = figuresOf(results)['channels targets']!.split('\n').slice(2)
    expect(rows).toEqual(['| one at a time | CPU | ≤ 0.33 | 0.50 | **no** |', '| one at a time | p99 | ≤ 1.00 | 1.00 | yes |'])
  })

  it('are medians, with an empty cell for a peer that was not measured', () => {
    expect(figuresOf(results).echoes).toContain('| 64 × 16 × 20 | 0.90 |  | 10.0 |  |  |  |')
  })

  it('contain the range in which the same server differed from itself', () => {
    expect(figuresOf(results)['bench noise']).toBe('5.0 to 5.0 %')
  })

  it('contain the memory of as many connections and compressors as the limits allow', () => {
    const { 'memory at maxConnections': connections, 'memory at maxContexts': compressors } = figuresOf(results)
    expect([connections, compressors]).toEqual(['44 MiB', '50 MiB'])
  })

  it('name the machine beside each table', () => {
    expect(figuresOf(results).wamp).toMatch(/^Measured on: a machine, today\.\n\n\| load /)
  })

  it('name the most expensive text for a server, within the limits and above them', () => {
    expect(figuresOf(results)['wamp texts']).toBe(
      '18.0 ms (slow) within the default limits, and 3.0 ms (refused) above them; at most 50 ms are wanted',
    )
  })

  it('have the router and the client of WAMP, and say which targets are met', () => {
    const figures = figuresOf(results)
    expect(figures.router).toContain('| calls | json | 6.0 | 2.0 | 4.0 | 20.0 | 0.30 | 100,000 |')
    expect(figures.router).toContain('| events | msgpack | 6.0 | 2.0 |  |  |  | 100,000 |')
    expect(figures['router targets']!.split('\n').slice(2)).toEqual([
      '| calls | json | ≤ 9.00 | 6.00 | yes |',
      '| calls | json, of fox-wamp | ≤ 0.10 | 0.30 | **no** |',
    ])
    expect(figures['router idle']).toContain('| session | 5700 | 2700 | ≤ 3072 | yes |')
    expect(figures['router hostile']).toMatch(
      /p99 1.60 of the quiet control \(wanted: at most 1.5, \*\*no\*\*\), calls and events lost: 0\.\n\n\| /,
    )
    expect(figures['router start']).toContain('| autobahn-ts router | 180 | ≤ 300 | yes |')
    expect(figures['wamp client']!.split('\n').slice(2)).toEqual([
      '| one by one | json | 30.0 | 30.0 | 40.0 | 1.00 | < 1 | **no** |',
      '| 64 in flight | json | 5.0 | 10.0 | 10.0 | 0.50 | ≤ 0.5 | yes |',
    ])
  })

  it('name missing loads if a part of the benchmark was run', () => {
    expect(() => figuresOf({ ...results, bench: { ...results.bench, results: [] } })).toThrow('has no load 64 × 16 × 20 B')
  })
})

const machine = 'a machine, today'
const peers = [
  { peer: 'autobahn-ts', figures: [0.8, 0.9, 1], more: {} },
  { peer: 'autobahn-ts again', figures: [0.84, 0.945, 1.05], more: {} },
  { peer: 'ws + bufferutil', figures: [10, 10, 10], more: {} },
]
const names = (JSON.parse(readFileSync(new URL('../../docs/benchmarks/latest.json', import.meta.url), 'utf8')) as Results['bench']).results
const results: Results = {
  bench: {
    machine,
    rounds: 3,
    seconds: 0.5,
    versions: {},
    left: {},
    results: names.map(({ name }) => ({ name, unit: 'µs', what: 'CPU', isMemory: false, failed: {}, peers })),
  },
  slices: { times: 7, results: [{ name: 'a broadcast', median: 3.25, worst: 7.2 }] },
  stream: { slow: { length: 2 ** 30, seconds: 30, grown: [2 ** 20, 2 ** 21] } },
  wamp: {
    machine,
    results: [
      {
        name: 'calls',
        wamp: 3,
        bare: 2,
        ratio: 1.5,
        withJson: 2.5,
        beside: 0.5,
        targets: [{ what: 'ratio to the bare echo', most: 1.5, got: 1.5 }],
      },
    ],
  },
  wampTexts: {
    target: 50,
    results: [
      { name: 'fast', isAllowed: true, costs: [1] },
      { name: 'slow', isAllowed: true, costs: [17, 18, 90] },
      { name: 'refused', isAllowed: false, costs: [3] },
    ],
  },
  bombs: { machine, connections: 300, bombSize: 16e6, sent: 15_567, results: [{ server: 'ws', peak: 2048, waited: 900.4, lost: 0 }] },
  channels: {
    machine,
    results: [
      {
        name: 'one at a time',
        peers: [
          { kind: 'autobahn-ts', servers: 10.04, broker: 0.254, median: 10.4, p99: 18.6 },
          { kind: 'socket.io', servers: 12.9, broker: 0.1, median: 11, p99: 25 },
        ],
        targets: [
          { what: 'CPU', most: 1 / 3, got: 0.5 },
          { what: 'p99', most: 1, got: 1 },
        ],
      },
    ],
  },
  router: {
    machine,
    results: [
      {
        ...{ name: 'calls', serializer: 'json', router: 6, floor: 2, relay: 4, fox: 20, ratioToFox: 0.3, perSecond: 1e5 },
        ...{ mostOfFox: 0.1, target: { most: 9, got: 6 } },
      },
      { name: 'events', serializer: 'msgpack', router: 6, floor: 2, perSecond: 1e5 },
    ],
  },
  routerIdle: {
    results: [
      { name: 'connection', heap: 2900, external: 100 },
      { name: 'session', heap: 5600, external: 100, more: 2700, most: 3072 },
    ],
  },
  routerHostile: {
    ...{ sessions: 500, rate: 100, ratio: 1.6, most: 1.5, lost: 0 },
    rows: [{ kind: 'quiet', p50: 0.1, p99: 4, longest: 12, busy: 0.11 }],
  },
  routerStart: { most: 300, results: [{ name: 'autobahn-ts router', milliseconds: 180 }] },
  wampClient: {
    results: [
      { name: 'one by one', serializer: 'json', most: 1, costs: { own: 30, autobahn: 30, wampy: 40 }, ratios: { autobahn: 1 } },
      { name: '64 in flight', serializer: 'json', most: 0.5, costs: { own: 5, autobahn: 10, wampy: 10 }, ratios: { autobahn: 0.5 } },
    ],
  },
  codecs: { machine, results: [{ name: 'compressor: the defaults here', first: 90, hundred: 100 }] },
  bundles: { results: [{ entry: '@autobahn-ts/wamp/v1/browser', what: 'connectWamp', octets: 51_694, gzip: 18_629 }] },
}
