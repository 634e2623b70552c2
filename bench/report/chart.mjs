import { median } from '../statistics.mjs'
import { ratioOf } from './table.mjs'

const shownPeers = ['autobahn-ts', 'ws + bufferutil', 'uWebSockets.js', 'Bun.serve', 'net']
const colours = ['#d9480f', '#495057', '#1971c2', '#9c36b5', '#868e96']
const [width, barHeight, gap, labelWidth, barWidth] = [860, 15, 20, 240, 440]

/** Bars for each load: what a server costs as a share of what ws costs. */
export function chart({ machine, results }) {
  const groups = results.filter(({ peers }) => peers.some(one => one.peer === 'ws + bufferutil'))
  let y = 84
  const body = groups.map(group => {
    const bars = shownPeers.flatMap((name, i) => bar(group, name, colours[i]))
    const top = y
    y += Math.max(1, bars.length) * barHeight + gap
    const drawn = bars.map((draw, i) => draw(top + i * barHeight)).join('')
    return `<text class="name" x="${labelWidth - 12}" y="${top + 11}" text-anchor="end">${escaped(group.name)}</text>${drawn}`
  })
  const legend = shownPeers.map(
    (name, i) =>
      `<rect x="${20 + i * 150}" y="50" width="12" height="12" fill="${colours[i]}"/><text x="${38 + i * 150}" y="60">${escaped(name)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Benchmark">
<style>svg{background:#fff}text{fill:#212529}.title{font-size:16px;font-weight:600}.name{font-weight:600}.faint{fill:#868e96}@media(prefers-color-scheme:dark){svg{background:#16181d}text{fill:#e9ecef}}</style>
<text class="title" x="20" y="26">What a server costs, as a share of ws with bufferutil (less is better)</text>
<text class="faint" x="20" y="42">${escaped(machine)}</text>
${legend.join('')}
<line x1="${labelWidth + barWidth / 2}" x2="${labelWidth + barWidth / 2}" y1="76" y2="${y - 8}" stroke="#868e96" stroke-dasharray="3 3"/>
${body.join('\n')}
</svg>
`
}

function bar({ peers, unit }, name, colour) {
  const share = ratioOf(peers, name, 'ws + bufferutil')
  if (share === undefined) return []
  const length = Math.max(2, Math.min(2, share) * (barWidth / 2))
  const figure = median(peers.find(one => one.peer === name).figures)
  const label = `${share.toFixed(2)}   ${figure < 10 ? figure.toFixed(2) : figure.toFixed(0)} ${unit}`
  return [
    y =>
      `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 3}" fill="${colour}"/>` +
      `<text x="${labelWidth + length + 6}" y="${y + 10}" font-size="10">${escaped(label)}</text>`,
  ]
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
