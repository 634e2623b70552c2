import { median } from '../statistics.mjs'
import { against, shown } from './table.mjs'

/**
 * Draws bars for each load: the cost as a share of that of ws. A bar that ends in an arrow exceeds the chart.
 *
 * The colours are distinguishable with colour blindness (Okabe and Ito), and readable on white and on black.
 *
 * @param {import('./table.mjs').Report} report
 */
export function chart({ machine, results }) {
  const groups = results.filter(
    ({ name, peers }) => !name.startsWith('Node versions') && against(peers, yardstick, yardstick) !== undefined,
  )
  let y = top
  const body = groups.map(group => {
    const bars = shownPeers.filter(({ name }) => against(group.peers, name, yardstick) !== undefined)
    const middle = y + (bars.length * pitch) / 2
    const drawn = bars.map((peer, at) => bar(group, peer, y + at * pitch))
    y += bars.length * pitch + gap
    return [`<text class="load" x="${left - 14}" y="${middle + 3}" text-anchor="end">${escaped(group.name)}</text>`, ...drawn].join('\n')
  })
  const bottom = y - gap + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 34}" width="${width}" height="${bottom + 34}" role="img" aria-label="${title}">
<style>${style}</style>
<rect class="paper" width="100%" height="100%"/>
<text class="title" x="20" y="30">${title}</text>
<text class="faint" x="20" y="50">${escaped(machine)}</text>
${legend()}
${[0, 0.5, 1, 1.5].map(share => grid(share, bottom)).join('\n')}
${body.join('\n')}
</svg>
`
}

/**
 * @param {import('./table.mjs').Result} result
 * @param {{ readonly name: string, readonly style: string }} peer
 * @param {number} y
 */
function bar({ peers, unit }, { name, style: kind }, y) {
  const share = against(peers, name, yardstick) ?? 0
  const length = Math.max(1.5, at(Math.min(share, longest)) - left)
  const figure = median(peers.find(({ peer }) => peer === name)?.figures ?? [])
  const label = `${share < 0.095 ? share.toFixed(3) : share.toFixed(2)}${share > longest ? ' →' : ''}`
  const x = left + length + 6
  return (
    `<rect class="${kind}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${pitch - 3}" rx="1.5"><title>${escaped(name)}</title></rect>` +
    `<text class="value" x="${x.toFixed(1)}" y="${y + 9}">${label}<tspan class="faint" dx="6">${shown(figure)} ${escaped(unit)}</tspan></text>`
  )
}

function legend() {
  let x = 20
  return shownPeers
    .map(({ name, style: kind }) => {
      const drawn = `<rect class="${kind}" x="${x}" y="64" width="12" height="12" rx="2"/><text x="${x + 18}" y="74.5">${escaped(name)}</text>`
      x += 44 + name.length * 7
      return drawn
    })
    .join('\n')
}

/**
 * @param {number} share
 * @param {number} bottom
 */
function grid(share, bottom) {
  const x = at(share)
  const text = share === 1 ? `${yardstick} = 1` : String(share)
  return (
    `<line class="${share === 1 ? 'one' : 'grid'}" x1="${x}" x2="${x}" y1="${top - 8}" y2="${bottom}"/>` +
    `<text class="faint" x="${x}" y="${bottom + 18}" text-anchor="middle">${text}</text>`
  )
}

/**
 * @param {number} share
 */
function at(share) {
  return left + share * scale
}

/**
 * @param {string} text
 */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const title = 'Cost as a share of what ws with bufferutil costs: less is better'
const yardstick = 'ws + bufferutil'
const shownPeers = [
  { name: 'autobahn-ts', style: 'ours' },
  { name: yardstick, style: 'ws' },
  { name: 'uWebSockets.js', style: 'uws' },
  { name: 'Bun.serve', style: 'bun' },
  { name: 'net', style: 'net' },
]
const [width, top, left, pitch, gap, scale, longest] = [940, 100, 334, 13, 16, 310, 1.5]
const style = [
  'text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1f2328}',
  '.title{font-size:17px;font-weight:600}.load{font-weight:600}.value{font-size:10.5px;paint-order:stroke;stroke:#fff;stroke-width:3px}.faint,text.faint{fill:#59636e}.paper{fill:#fff}',
  '.grid{stroke:#d1d9e0}.one{stroke:#59636e;stroke-dasharray:4 3}',
  '.ours{fill:#d55e00}.ws{fill:#8b949e}.uws{fill:#0072b2}.bun{fill:#cc79a7}.net{fill:#009e73}',
  '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.faint,text.faint{fill:#9198a1}.paper{fill:#0d1117}.value{stroke:#0d1117}.grid{stroke:#30363d}.one{stroke:#9198a1}',
  '.ours{fill:#ff8c42}.ws{fill:#8b949e}.uws{fill:#56b4e9}.bun{fill:#e5a3c8}.net{fill:#3fc79a}}',
].join('')
