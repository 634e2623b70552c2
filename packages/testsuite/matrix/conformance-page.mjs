import { groups } from '../dist/index.js'
import { notes } from './notes.mjs'

const names = ['ok', 'non-strict', 'failed', 'unimplemented', 'informational']
const shown = { ok: 'OK', 'non-strict': 'NS', failed: 'F', unimplemented: 'UN', informational: 'IN' }

/** Makes docs/conformance.md from the data of docs/conformance.json. */
export function conformancePage({ written, machine, choice, agents }) {
  const numbers = groups.map(({ number }) => String(number)).filter(number => agents.some(agent => number in agent.groups))
  return `# Conformance

The verdicts of [@autobahn-ts/testsuite](../packages/testsuite/README.md) on servers and clients, by \`npm run conformance\` on ${written}
(${machine}). This page and [conformance.json](conformance.json) are written by that command; the programs of the testees are in
[packages/testsuite/matrix/programs](../packages/testsuite/matrix/programs). The report with every exchange is \`.reports/conformance/index.html\` after it.${choice === '' ? '' : `\n\nNot all cases: this run was made with \`${choice}\`.`}

OK: the testee behaved and closed as the case asks. NS, non-strict: accepted, but not what the case asks for. F, failed. UN, unimplemented: the testee declined the
extension. IN, informational: no verdict is given. A failure on the close counts as failed. A testee that closed with a code for a limit of its own is marked as such,
which is not a fault; "lifted" is the same testee without these limits. Where this suite is stricter than others is described in
[its README](../packages/testsuite/README.md#verdicts).

## Totals

| testee | version | cases | OK | non-strict | failed | unimplemented | informational |
|---|---|--:|--:|--:|--:|--:|--:|
${agents.map(totals).join('\n')}

## Per group

A single number is a group in which all is OK.

| group | ${agents.map(({ agent }) => agent).join(' | ')} |
|---|${agents.map(() => '---').join('|')}|
${numbers.map(number => groupLine(number, agents)).join('\n')}
${compression(agents)}
## What is not OK

${agents.map(section).join('\n\n')}
`
}

function totals({ agent, version, totals: counts }) {
  const all = names.reduce((sum, name) => sum + counts[name], 0)
  return `| ${agent} | ${version} | ${all} | ${names.map(name => counts[name] || '').join(' | ')} |`
}

function groupLine(number, agents) {
  const { title } = groups.find(group => String(group.number) === number)
  return `| ${number} ${title} | ${agents.map(agent => counts(agent.groups[number])).join(' | ')} |`
}

function counts(of) {
  if (of === undefined) return ''
  const parts = names.filter(name => of[name] > 0)
  if (parts.length === 1 && parts[0] === 'ok') return String(of.ok)
  return parts.map(name => `${of[name]} ${shown[name]}`).join(', ')
}

function compression(agents) {
  const having = agents.filter(agent => agent.compression !== undefined)
  if (having.length === 0) return ''
  return `
## Compression

Over all cases in which permessage-deflate was agreed on. No verdict depends on whether a testee compresses, or how well; these figures show it.

| testee | cases | messages that came compressed | of them with the context of those before | octets on the wire, of the messages' | the suite's own (zlib) |
|---|--:|--:|--:|--:|--:|
${having.map(compressionLine).join('\n')}
`
}

function compressionLine({ agent, compression: figures }) {
  const { cases, messages, compressedMessages, messagesWithContext, inflatedOctets, wireOctets, fuzzerWireOctets } = figures
  const cells = [
    [compressedMessages, messages],
    [messagesWithContext, compressedMessages],
    [wireOctets, inflatedOctets],
    [fuzzerWireOctets, inflatedOctets],
  ]
  return `| ${agent} | ${cases} | ${cells.map(([part, whole]) => percent(part, whole)).join(' | ')} |`
}

function percent(part, whole) {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`
}

function section({ agent, version, notOk, groups: counted }) {
  const others = notOk.filter(({ finding }) => finding !== 'informational')
  if (notOk.length === 0) return `### ${agent}\n\n${version}. All cases are OK.`
  const table = [
    '| cases | verdict | close code | reason |',
    '|---|---|---|---|',
    ...collapsed(notOk).map(each => line(each, counted)),
  ].join('\n')
  const known = notes.filter(
    ({ testees, cases }) => testees.some(name => agent.startsWith(name)) && others.some(({ id }) => cases.includes(id)),
  )
  const list = known.map(({ cases, text }) => `- ${cases.join(', ')}: ${text}`)
  return `### ${agent}\n\n${version}.\n\n${table}${list.length === 0 ? '' : `\n\n${list.join('\n')}`}`
}

function line({ ids, verdict, closeCode, reason, closeReason, isLimit }, counted) {
  const said = closeReason ? ` Its close reason: “${cell(closeReason)}”.` : ''
  return `| ${idsInWords(ids, counted)} | ${cell(verdict)} | ${closeCode ?? 'none'} | ${cell(reason)}${isLimit ? '' : said} |`
}

/** Names cases in words: a group whose cases all have the same result is named as one. */
function idsInWords(ids, counted) {
  const numbers = [...new Set(ids.map(id => id.split('.')[0]))]
  const parts = numbers.flatMap(number => {
    const ofGroup = ids.filter(id => id.startsWith(`${number}.`))
    const all = names.reduce((sum, name) => sum + counted[number][name], 0)
    return ofGroup.length === all && all > 1 ? [`all ${all} of ${number}`] : ofGroup
  })
  return parts.join(', ')
}

/** Joins cases with the same result to one line. */
function collapsed(entries) {
  const lines = new Map()
  for (const { id, verdict, reason, closeCode, closeReason, isLimit } of entries) {
    const key = JSON.stringify([verdict, reason, closeCode, closeReason])
    const line = lines.get(key) ?? { ids: [], verdict, reason, closeCode, closeReason, isLimit }
    lines.set(key, line)
    line.ids.push(id)
  }
  return [...lines.values()]
}

/** Escapes a testee's text for a cell of a Markdown table. */
function cell(text) {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0).toString(16)}}`)
    .replaceAll(/[\\`*_[\]<>|&#]/g, '\\$&')
}
