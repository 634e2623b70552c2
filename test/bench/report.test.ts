import { describe, expect, it } from 'vitest'
import { chart } from '../../bench/report/chart.mjs'
import { against, markdown, type Report, summary, targetTable } from '../../bench/report/table.mjs'
import { scenarios } from '../../bench/scenarios.mjs'
import { keptGains, targets } from '../../bench/targets.mjs'

const echo = {
  name: '64 × 16 × 20 B',
  unit: 'µs',
  what: 'CPU of the server per message',
  isMemory: false,
  failed: { 'Bun.serve': 'it <ended> with 1' },
  peers: [
    { peer: 'autobahn-ts', figures: [0.8, 0.9, 1], more: { 'messages/s': 1_234_567, 'limited by': 'load' } },
    { peer: 'autobahn-ts again', figures: [0.84, 0.945, 1.05], more: { 'messages/s': 1_200_000, 'limited by': 'load' } },
    { peer: 'ws + bufferutil', figures: [10, 10, 10], more: { 'messages/s': 90_000, 'limited by': 'server' } },
    { peer: 'net', figures: [0.5, 0.5, 0.5], more: { 'messages/s': 2_000_000, 'limited by': 'load' } },
  ],
}
const idle = {
  name: 'idle connection',
  unit: 'KiB',
  what: 'resident memory',
  isMemory: true,
  failed: {},
  peers: [
    { peer: 'autobahn-ts', figures: [5, 5.25], more: {} },
    { peer: 'net', figures: [4.25, 4.5], more: {} },
  ],
}
const report: Report = {
  machine: 'a machine with 2 < 3 cores & more',
  rounds: 3,
  seconds: 0.5,
  versions: { 'autobahn-ts': '0.1.0' },
  left: { 'uWebSockets.js': 'which is not installed' },
  results: [echo, idle],
}

describe('the targets', () => {
  it('belong to existing loads', () => {
    const names = scenarios.map(({ name }) => name)
    expect(targets.filter(({ load }) => !names.includes(load))).toEqual([])
  })

  it('are shown as shares, with the noise of the same server measured twice', () => {
    expect(targetTable(report.results)).toContain('| 64 × 16 × 20 B | ws + bufferutil | ≤ 0.1 | 0.09 | 5.0 % | yes |')
  })

  it('are marked if they are missed', () => {
    expect(targetTable(report.results)).toContain('| 64 × 16 × 20 B | net | ≤ 1.3 | 1.80 | 5.0 % | **no** |')
  })

  it('are shown as differences if they are defined so', () => {
    expect(targetTable(report.results)).toContain('| idle connection | net | ≤ +1 KiB | +0.75 |  | yes |')
  })

  it('leave out loads that were not measured', () => {
    expect(targetTable(report.results)).not.toContain('uWebSockets.js')
    expect(targetTable([])).toBe('There are no targets for these loads and peers.')
  })
})

describe('the table of the drop-in', () => {
  const dropIn = { peer: 'autobahn-ts as ws', figures: [1.72, 1.81, 5.5], more: {} }

  it('has the share of the gain that is kept, as the median of the rounds', () => {
    const page = markdown({ ...report, results: [{ ...echo, peers: [...echo.peers, dropIn] }] })
    expect(page).toContain('| 64 × 16 × 20 B | 10.0 µs | 1.81 µs | 0.90 µs | ≥ 80 % | 90 % | yes |')
  })

  it('marks a share that is too small, on a terminal too', () => {
    const slow = { ...dropIn, figures: [5, 5, 5] }
    expect(summary({ ...report, results: [{ ...echo, peers: [...echo.peers, slow] }] })).toMatch(/≥ 80 % \| 55 % \| \*\*no\*\* \|/)
  })

  it('belongs to existing loads, and is left out without them', () => {
    const names = scenarios.map(({ name }) => name)
    expect(keptGains.filter(load => !names.includes(load))).toEqual([])
    expect(markdown(report)).not.toContain('drop-in')
  })
})

describe('the table', () => {
  it('has the median, the lowest and the highest round, the shares, and further measurements', () => {
    const lines = markdown(report).split('\n')
    expect(lines).toContain('|  | µs | rounds | of ws + bufferutil | of net | messages/s | limited by |')
    expect(lines).toContain('| --- | ---: | ---: | ---: | ---: | ---: | --- |')
    expect(lines).toContain('| autobahn-ts | **0.90** | 0.80 to 1.00 | 0.09 | 1.80 | 1,234,567 | load |')
  })

  it('names the machine, the versions, and peers that were left out or failed', () => {
    const page = markdown(report)
    for (const part of [report.machine, '- autobahn-ts: 0.1.0', '- left out: uWebSockets.js', 'Not measured: Bun.serve.'])
      expect(page).toContain(part)
  })

  it('has a short form for a terminal', () => {
    expect(summary(report)).toContain('64 × 16 × 20 B: Bun.serve FAILED, it <ended> with 1')
  })

  it('leaves out a peer that was not measured', () => {
    expect(against(echo.peers, 'autobahn-ts', 'Bun.serve')).toBeUndefined()
  })
})

describe('the chart', () => {
  const drawing = chart(report)

  it('has a bar as long as the share of the cost of ws', () => {
    const length = (kind: string) => Number(new RegExp(`<rect class="${kind}"[^>]* width="([\\d.]+)" height="10"`).exec(drawing)?.[1])
    expect(length('ours') / length('ws')).toBeCloseTo(0.09, 2)
  })

  it('leaves out loads without ws to compare with', () => {
    expect(drawing).toContain('64 × 16 × 20 B')
    expect(drawing).not.toContain('idle connection')
  })

  it('cuts a bar that is too long, and marks it', () => {
    const slow = {
      ...echo,
      peers: [
        { peer: 'autobahn-ts', figures: [40], more: {} },
        { peer: 'ws + bufferutil', figures: [10], more: {} },
      ],
    }
    expect(chart({ ...report, results: [slow] })).toContain('4.00 →')
  })

  it('escapes names', () => {
    expect(drawing).toContain('2 &lt; 3 cores &amp; more')
  })

  it('has colours for a dark background as well', () => {
    expect(drawing).toContain('prefers-color-scheme:dark')
  })
})
