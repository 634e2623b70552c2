import { median, ratio } from '../statistics.mjs'
import { targets } from '../targets.mjs'

/** The results as a page of Markdown. */
export function markdown({ machine, versions, left, results, rounds }) {
  const lines = ['# Benchmark', '', `${machine}.`, '']
  lines.push(`Medians of ${rounds} rounds (memory: of 3 fresh servers), less is better; in brackets the lowest and the highest round.`)
  lines.push('Ratios are medians of the ratios round by round. How it is done: [bench/README.md](../../bench/README.md).', '')
  lines.push(
    `Measured: ${Object.entries(versions)
      .map(([name, version]) => `${name} (${version})`)
      .join(', ')}.`,
    '',
  )
  for (const [name, why] of Object.entries(left)) lines.push(`Left out: ${name}, ${why}.`, '')
  lines.push('## Targets', '', '| load | against | target | ratio | met |', '|---|---|---|---|---|', ...targetRows(results), '')
  for (const result of results) lines.push(...section(result))
  return `${lines.join('\n')}\n`
}

export function targetRows(results) {
  return results.flatMap(({ name, peers }) =>
    Object.entries(targets[name] ?? {}).flatMap(([other, target]) => {
      const value = ratioOf(peers, 'autobahn-ts', other)
      return value === undefined ? [] : [`| ${name} | ${other} | ≤ ${target} | ${value.toFixed(2)} | ${value <= target ? 'yes' : 'no'} |`]
    }),
  )
}

export function ratioOf(peers, name, other) {
  const [ours, theirs] = [name, other].map(wanted => peers.find(one => one.peer === wanted)?.figures)
  return ours === undefined || theirs === undefined ? undefined : ratio(ours, theirs)
}

function section({ name, unit, what, peers }) {
  const extras = Object.keys(peers[0]?.more ?? {})
  const others = ['ws + bufferutil', 'uWebSockets.js', 'net'].filter(other => peers.some(one => one.peer === other))
  const head = ['server', unit, ...others.map(other => `of ${other}`), ...extras]
  const rows = peers.map(({ peer, figures, more = {} }) => {
    const cost = `${shown(median(figures))} (${shown(Math.min(...figures))} to ${shown(Math.max(...figures))})`
    const ratios = others.map(other => ratioOf(peers, peer, other).toFixed(2))
    return [peer, cost, ...ratios, ...extras.map(extra => String(more[extra]))]
  })
  const again = ratioOf(peers, 'autobahn-ts again', 'autobahn-ts')
  const noise = again === undefined ? [] : [`Noise: the same server twice differs by ${(Math.abs(again - 1) * 100).toFixed(1)} %.`, '']
  const table = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return [`## ${name}`, '', `${what[0].toUpperCase()}${what.slice(1)}, in ${unit}.`, '', ...table, '', ...noise]
}

function shown(value) {
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1)
}
