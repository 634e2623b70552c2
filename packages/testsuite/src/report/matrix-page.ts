import { groups } from '../cases/catalogue.ts'
import { type Finding, findingOf, findings, reasonOf, tally, verdictWords } from './finding.ts'
import { type Content, html, type Markup } from './markup.ts'
import { page } from './page.ts'
import { counted, duration, grouped } from './quantity.ts'
import type { Report, ReportRow } from './report-writer.ts'
import { signs } from './verdict-badge.ts'
import { visible } from './visible-text.ts'

/** Makes `index.html`: agents by cases, with totals, filters and a link for each case. */
export function matrixPage(report: Report): string {
  const agents = agentsOf([...report.earlier, ...report.rows])
  const sections = sectionsOf(agents)
  const cases = sections.reduce((sum, { ids }) => sum + ids.length, 0)
  return page({
    title: 'WebSocket conformance',
    kind: 'matrix',
    body: html`<header>
<h1>WebSocket conformance</h1>
<p class="lead">${counted(agents.length, 'agent')}, ${counted(cases, 'case')}, written ${report.created.slice(0, 16).replace('T', ' ')} UTC</p>
${legend()}
</header>
<main>
<ul class="agents" aria-label="Totals per agent">
${agents.map(card)}${report.unreachable.map(missing)}</ul>
${filters(agents, sections)}
<div class="scroll" tabindex="0" role="region" aria-label="Verdicts">
<table class="matrix">
<caption class="spoken">Agents by cases. Each cell has the verdict, the close code of the agent, and a link to the exchange.</caption>
<thead><tr><th scope="col">Case</th>${agents.map(columnHead)}</tr></thead>
${sections.map(section => group(section, agents))}</table>
<p class="empty" hidden>No case matches. <button type="button" data-clear>Show all</button></p>
</div>
</main>`,
  })
}

interface Agent {
  readonly name: string
  readonly testee: ReportRow['testee']
  readonly rows: ReadonlyMap<string, ReportRow>
}

interface Section {
  readonly number: string
  readonly title: string
  readonly ids: readonly string[]
}

function agentsOf(rows: readonly ReportRow[]): Agent[] {
  const agents = new Map<string, { name: string; testee: ReportRow['testee']; rows: Map<string, ReportRow> }>()
  for (const row of rows) {
    const agent = agents.get(row.agent) ?? { name: visible(row.agent), testee: row.testee, rows: new Map() }
    agents.set(row.agent, agent)
    agent.rows.set(row.id, row)
  }
  return [...agents.values()]
}

/** Returns groups and cases in the order of their numbers. */
function sectionsOf(agents: readonly Agent[]): Section[] {
  const ids = [...new Set(agents.flatMap(({ rows }) => [...rows.keys()]))].sort(byNumbers)
  const numbers = [...new Set(ids.map(groupOf))]
  return numbers.map(number => ({
    number,
    title: groups.find(each => String(each.number) === number)?.title ?? `Group ${number}`,
    ids: ids.filter(id => groupOf(id) === number),
  }))
}

function card({ name, testee, rows }: Agent): Markup {
  const counts = tally([...rows.values()])
  return html`<li class="card">
<h2><bdi>${name}</bdi> <span class="role">${testee}</span></h2>
<p class="share"><b>${grouped(counts.ok)}</b> of ${grouped(rows.size)} OK <span class="time" title="Time of all cases, one after the other">${duration(sumOf([...rows.values()]))}</span></p>
${bar(counts, rows.size)}
<p class="counts">${summary(counts)}</p>
${tlsLine([...rows.values()])}</li>\n`
}

function sumOf(rows: readonly ReportRow[]): number {
  return rows.reduce((sum, row) => sum + row.duration, 0)
}

/** Describes the TLS that was agreed with an agent, if there was any. */
function tlsLine(rows: readonly ReportRow[]): Markup | undefined {
  const words = [...new Set(rows.flatMap(({ tls }) => (tls === undefined ? [] : [tls])))]
  return words.length === 0 ? undefined : html`<p class="tls">${visible(words.join('; '))}</p>\n`
}

/** Describes a server that could not be reached. */
function missing({ agent, url, reason }: Report['unreachable'][number]): Markup {
  return html`<li class="card missing">
<h2><bdi>${visible(agent)}</bdi> <span class="role">server</span></h2>
<p>not tested: ${visible(reason)} <small>${visible(url)}</small></p>
</li>\n`
}

/** Shows shares as one bar. It is SVG, because the page's policy does not allow style attributes. */
function bar(counts: Readonly<Record<Finding, number>>, all: number): Markup {
  let at = 0
  const parts = findings
    .filter(finding => counts[finding] > 0)
    .map(finding => {
      const width = counts[finding]
      at += width
      return html`<rect class="${finding}" x="${at - width}" width="${width}" height="1"/>`
    })
  return html`<svg class="bar" viewBox="0 0 ${Math.max(all, 1)} 1" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`
}

function summary(counts: Readonly<Record<Finding, number>>): Content {
  return findings
    .filter(finding => counts[finding] > 0)
    .map(
      finding =>
        html`<span class="count ${finding}"><span aria-hidden="true">${signs[finding]}</span> ${counts[finding]}<span class="spoken"> ${finding}</span></span> `,
    )
}

function filters(agents: readonly Agent[], sections: readonly Section[]): Markup {
  const counts = tally(agents.flatMap(({ rows }) => [...rows.values()]))
  return html`<form class="filters" role="search" aria-label="Filter" hidden>
<label class="search"><span class="spoken">Search</span><input type="search" name="q" placeholder="Search case, words, reason, code" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"></label>
<fieldset><legend class="spoken">Verdicts</legend>${findings.map(
    finding =>
      html`<label class="chip ${finding}"><input type="checkbox" name="v" value="${finding}"${counts[finding] === 0 ? html` disabled` : undefined}><span><span aria-hidden="true">${signs[finding]}</span> ${labels[finding]} <small>${grouped(counts[finding])}</small></span></label>`,
  )}</fieldset>
<label class="select">Group <select name="g"><option value="">all</option>${sections.map(({ number, title }) => html`<option value="${number}">${number} ${title}</option>`)}</select></label>
<label class="select">Agent <select name="a"><option value="">all</option>${agents.map(({ name }, n) => html`<option value="${n}">${name}</option>`)}</select></label>
<label class="chip"><input type="checkbox" name="d" value="1"${agents.length < 2 ? html` disabled` : undefined}><span>agents differ</span></label>
<span class="buttons"><button type="button" data-open>open all</button><button type="button" data-close>close all</button></span>
<output role="status"></output>
</form>`
}

function columnHead({ name, testee, rows }: Agent): Markup {
  const counts = tally([...rows.values()])
  return html`<th scope="col"><bdi>${name}</bdi> <span class="role">${testee}</span><span class="counts">${summary({ ...counts, ok: 0 })}</span></th>`
}

function group({ number, title, ids }: Section, agents: readonly Agent[]): Markup {
  return html`<tbody data-group="${number}">
<tr class="group"><th scope="rowgroup"><button type="button" aria-expanded="true"><span class="id">${number}</span> ${title} <small>${ids.length}</small></button></th>${agents.map(
    ({ rows }) => html`<td>${summary(tally(ids.flatMap(id => rows.get(id) ?? [])))}</td>`,
  )}</tr>
${ids.map(id => line(id, agents))}</tbody>
`
}

function line(id: string, agents: readonly Agent[]): Markup {
  const title = agents.map(({ rows }) => rows.get(id)?.title).find(each => each !== undefined && each !== '') ?? ''
  return html`<tr id="case-${id}"><th scope="row"><span class="case"><span class="id">${id}</span> <span class="title" title="${visible(title)}">${visible(title)}</span></span></th>${agents.map(({ rows }) => cell(rows.get(id)))}</tr>\n`
}

function cell(row: ReportRow | undefined): Markup {
  if (row === undefined) return html`<td class="absent"><span class="spoken">not run</span></td>`
  const finding = findingOf(row)
  const { remoteCloseCode: code, remarks = [] } = row
  const spoken = `${verdictWords(row)}, ${code === null ? 'no close code' : `close code ${code}`}, ${duration(row.duration)}`
  const note = finding === 'ok' ? (remarks.length === 0 ? '' : '*') : shortWords(row)
  const shown = html`<b>${signs[finding]}</b> <small>${code ?? '–'}</small> <i class="time">${duration(row.duration)}</i>${note === '' ? undefined : html` <em>${note}</em>`}`
  const why = [spoken, ...whyOf(row, finding), ...remarks].map(visible).join('\n')
  if (row.file === '') return html`<td data-v="${finding}"><span title="${why}">${shown}</span></td>`
  return html`<td data-v="${finding}"><a href="${row.file}.html" aria-label="${spoken}" title="${why}">${shown}</a></td>`
}

function whyOf(row: ReportRow, finding: Finding): string[] {
  if (finding === 'ok') return []
  return [reasonOf(row), ...(row.remoteCloseReason ? [`Its close reason: “${row.remoteCloseReason}”.`] : [])]
}

/** Names the verdicts that are not OK; returns nothing if the sign says it all. */
function shortWords({ behavior, behaviorClose, isLimit }: ReportRow): string {
  if (isLimit) return 'its limit'
  return behavior === 'OK' ? behaviorClose.toLowerCase() : behavior === 'FAILED' ? 'failed' : ''
}

function legend(): Markup {
  return html`<details class="signs" open><summary>Legend</summary><dl class="legend">${findings.map(
    finding =>
      html`<div><dt><span class="badge ${finding}">${signs[finding]}</span> ${labels[finding]}</dt><dd>${meanings[finding]}</dd></div>`,
  )}<div><dt>*</dt><dd>There is a remark, for example on compression.</dd></div><div><dt>1000, –</dt><dd>The close code of the agent’s close frame; – where there was none.</dd></div><div><dt>12 ms</dt><dd>The duration of the case.</dd></div><div><dt>its limit</dt><dd>The agent closed with a code that means a limit of its own.</dd></div></dl></details>`
}

function groupOf(id: string): string {
  return id.split('.', 1)[0] ?? id
}

function byNumbers(a: string, b: string): number {
  const others = b.split('.')
  for (const [n, part] of a.split('.').entries()) {
    const difference = Number(part) - Number(others[n] ?? -1)
    if (difference !== 0) return difference
  }
  return -1
}

const labels: Readonly<Record<Finding, string>> = {
  ok: 'OK',
  'non-strict': 'non-strict',
  failed: 'failed',
  unimplemented: 'unimplemented',
  informational: 'informational',
}

const meanings: Readonly<Record<Finding, string>> = {
  ok: 'The agent behaved and closed as the case asks.',
  'non-strict': 'Accepted, but not what the case asks for.',
  failed: 'The agent behaved or closed in a wrong way.',
  unimplemented: 'The agent declined the extension.',
  informational: 'No verdict is given.',
}
