import type { CaseRecord } from '../run/case-record.ts'
import type { ExchangeEntry, ShownFrame, ShownOctets } from '../run/exchange.ts'
import { closeWords, headerWords, opcodeName } from './frame-words.ts'
import { html, type Markup } from './markup.ts'
import { octetDump, textIn } from './octet-dump.ts'
import { counted } from './quantity.ts'
import { visible } from './visible-text.ts'

/** Shows the traffic of the connection, entry by entry, as a table. */
export function exchangeTable({ exchange }: Pick<CaseRecord, 'exchange'>): Markup {
  const { entries, omitted, omittedAfter } = exchange
  if (entries.length === 0) return html`<p>Nothing was sent after the opening handshake.</p>`
  const budget = new Budget(dumpedOctets)
  const rows = entries.map(entry => row(entry, budget))
  const gap =
    omitted === 0
      ? []
      : [html`<tr class="gap"><td></td><td></td><td>${counted(omitted, 'entry').replace('entrys', 'entries')} not kept</td></tr>\n`]
  return html`<table class="exchange">
<thead><tr><th scope="col">ms</th><th scope="col">from</th><th scope="col">what</th></tr></thead>
<tbody>
${[...rows.slice(0, omittedAfter), ...gap, ...rows.slice(omittedAfter)]}</tbody>
</table>`
}

/** The number of octets that a page may still dump. A case has up to 300 entries; the JSON file has all octets that were kept. */
class Budget {
  #left: number

  constructor(octets: number) {
    this.#left = octets
  }

  /** Takes up to `octets` from the budget and returns how many may be dumped. */
  take(octets: number): number {
    const most = Math.max(Math.min(octets, this.#left), leastDumped)
    this.#left -= Math.min(octets, most)
    return most
  }
}

function row(entry: ExchangeEntry, budget: Budget): Markup {
  const { at, by } = entry
  return html`<tr class="${by} ${entry.kind}"><td>${at.toFixed(1)}</td><td>${by === 'fuzzer' ? 'fuzzer →' : '← testee'}</td><td>${what(entry, budget)}</td></tr>\n`
}

function what(entry: ExchangeEntry, budget: Budget): Markup {
  switch (entry.kind) {
    case 'frame':
      return frame(entry, budget)
    case 'octets':
      return html`<b>octets</b> <small>${counted(entry.octets.length, 'octet')}</small>${dump(entry.octets, budget)}`
    case 'tcp':
      return html`<b>TCP</b> ${tcpWords[entry.what]}`
    case 'note':
      return html`<i>${visible(entry.text)}</i>`
  }
}

function frame(entry: ShownFrame, budget: Budget): Markup {
  const { opcode, rsv, payload } = entry
  const close = closeWords(entry)
  const text = close === undefined && rsv === 0 ? textIn(payload, longestText) : undefined
  return html`<b>${opcodeName(opcode)}</b> <small>${headerWords(entry).join(' · ')}</small>${
    close === undefined ? undefined : html` <span class="code">${visible(close)}</span>`
  }${text === undefined ? undefined : html`<q dir="auto">${text}</q>`}${dump(payload, budget)}`
}

function dump(octets: ShownOctets, budget: Budget): Markup | undefined {
  if (octets.length === 0) return undefined
  const most = budget.take(octets.head.length / 2)
  return html`<details><summary>octets</summary><pre>${octetDump(octets, most)}</pre></details>`
}

const tcpWords = { ended: 'ended its side', dropped: 'dropped the connection', reset: 'reset the connection' } as const
const dumpedOctets = 16 * 1024
const leastDumped = 16
const longestText = 160
