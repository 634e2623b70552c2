import type { CaseRecord, CompressedDirection, MeasuredRecord, ShownEvent } from '../run/case-record.ts'
import type { Verdict } from '../run/judge.ts'
import { type TlsRecord, tlsSummary } from '../run/opening-record.ts'
import { exchangeTable } from './exchange-table.ts'
import { findingOf } from './finding.ts'
import { type Content, html, type Markup } from './markup.ts'
import { octetDump, textIn } from './octet-dump.ts'
import { page } from './page.ts'
import { counted, duration, fineDuration, grouped } from './quantity.ts'
import type { ReportRow } from './report-writer.ts'
import { badge } from './verdict-badge.ts'
import { visible } from './visible-text.ts'

/** Makes the page of one case with one testee: verdicts and reasons, accepted and received events, handshake, exchange, figures. */
export function casePage(record: CaseRecord, row: ReportRow): string {
  const { id, title, expectation, section, behavior, close, fuzzer } = record
  const agent = visible(record.agent)
  const testee = fuzzer === 'client' ? 'server' : 'client'
  return page({
    title: `${id} ${agent}`,
    kind: 'case',
    body: html`<nav><a href="index.html#case-${id}">← all cases</a> <a href="${row.file}.json">JSON</a></nav>
<header>
<p class="lead"><bdi>${agent}</bdi> <span class="role">${testee}</span></p>
<h1>${badge(findingOf(row))} <span class="id">${id}</span> ${title}</h1>
</header>
<main>
<dl class="verdicts">
${verdict('Behavior', behavior)}${verdict('Close', close)}</dl>
${remarks(record)}<p><b>Expected:</b> ${expectation} <span class="section">${sectionLinks(section)}</span></p>
<section class="pair" aria-label="Expected and received">
<div><h2>Accepted</h2>${record.accepted.map(accepted)}<h3>CLOSE</h3><p>${closeWanted(record.expectedClose)}</p></div>
<div><h2>Received</h2>${record.received.length === 0 ? html`<p class="none">no event</p>` : events(record.received)}<h3>CLOSE</h3><p>${closeSeen(record.ending)}</p></div>
</section>
<h2>Figures</h2>
<dl class="facts">
${facts(record).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<h2>Opening handshake</h2>
<section class="pair" aria-label="Opening handshake">
<div><h3>${fuzzer === 'client' ? 'Request of the fuzzer' : 'Request of the testee'}</h3>${head(record.opening.request)}</div>
<div><h3>${fuzzer === 'client' ? 'Response of the testee' : 'Response of the fuzzer'}</h3>${head(record.opening.response)}</div>
</section>
<h2>Exchange</h2>
${exchangeTable(record)}
</main>`,
  })
}

function verdict(name: string, { verdict: word, reason }: Verdict<string>): Markup {
  return html`<div><dt>${name}</dt><dd><b class="verdict">${word}</b> ${visible(reason)}</dd></div>\n`
}

function remarks({ remarks: list = [] }: CaseRecord): Markup | undefined {
  return list.length === 0 ? undefined : html`<ul class="remarks">${list.map(each => html`<li>${visible(each)}</li>`)}</ul>\n`
}

function accepted({ behavior, events: list }: CaseRecord['accepted'][number]): Markup {
  const what =
    list === 'any'
      ? html`<p>any events that do not break a rule</p>`
      : list.length === 0
        ? html`<p class="none">no event</p>`
        : events(list)
  return html`<h3>${behavior}</h3>${what}`
}

function closeWanted({ by, codes, clean, informational }: CaseRecord['expectedClose']): string {
  if (informational === true) return 'in any way'
  const who = by === 'either' ? 'by either side' : `by the ${by}`
  const code = `${clean ? '' : 'or, where the testee sends a close frame, '}with ${codes.join(' or ').replace('none', 'no code')}`
  return clean ? `${who}, ${code}, with both close frames` : `${who}, by dropping, ${code}`
}

function closeSeen({ closedFirst, received, wasClean }: CaseRecord['ending']): Content {
  if (closedFirst === undefined) return 'none'
  return html`by the ${closedFirst}, ${received === undefined ? 'without a close frame of the testee' : html`the testee’s with ${closeOf(received)}`}, ${wasClean ? 'complete' : 'not complete'}`
}

function events(list: readonly ShownEvent[]): Markup {
  return html`<ol>${list.map(each => html`<li>${event(each)}</li>`)}</ol>`
}

function event(each: ShownEvent): Content {
  switch (each.kind) {
    case 'mark':
      return html`<i>${visible(each.name)}</i>`
    case 'roundTrips':
      return counted(each.count, 'round trip')
    case 'violation':
      return html`<b>rule broken</b>: ${visible(each.what)}`
    case 'excess':
      return html`<b>too much</b>: ${visible(each.what)}`
    default: {
      const { payload } = each
      const text = textIn(payload, 60)
      const shown =
        payload.length === 0
          ? undefined
          : text === undefined
            ? html`<details><summary>octets</summary><pre>${octetDump(payload, 64)}</pre></details>`
            : html` <q dir="auto">${text}</q>`
      return html`<b>${each.kind}</b> of ${counted(payload.length, 'octet')}${shown}`
    }
  }
}

function facts({ ending, traffic, measured, started, duration: took, fuzzer, opening }: CaseRecord): [string, Content][] {
  return [
    ['Began', started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Took', duration(took)],
    ['Fuzzer', fuzzer],
    ...(opening.tls === undefined ? [] : ([['TLS', tlsWords(opening.tls)]] as [string, Content][])),
    ['First to close', ending.closedFirst ?? 'neither side'],
    ['First to end TCP', ending.droppedFirst ?? 'neither side'],
    ['Closing handshake', ending.wasClean ? 'complete' : 'not complete'],
    ['Fuzzer’s close frame', closeOf(ending.sent)],
    ['Testee’s close frame', closeOf(ending.received)],
    ['Fuzzer sent', `${counted(traffic.fuzzer.frames, 'frame')}, ${counted(traffic.fuzzer.octets, 'octet')}`],
    ['Testee sent', `${counted(traffic.testee.frames, 'frame')}, ${counted(traffic.testee.octets, 'octet')}`],
    ...roundTripFacts(measured),
    ...compressionFacts(measured),
  ]
}

/** Describes TLS: `TLSv1.3, ALPN http/1.1, TLS_AES_256_GCM_SHA384, certificate checked`. */
function tlsWords(tls: TlsRecord): string {
  return `${visible(tlsSummary(tls))}, ${tls.cipher}, certificate ${tls.authorized ? 'checked' : 'not checked'}`
}

function closeOf(words: CaseRecord['ending']['sent']): Content {
  if (words === undefined) return 'none'
  if (words.code === undefined) return 'without a code'
  return words.reason ? html`${words.code} <q dir="auto">${visible(words.reason)}</q>` : String(words.code)
}

function roundTripFacts({ roundTrips, echoedOctets = 0 }: MeasuredRecord): [string, Content][] {
  if (roundTrips === undefined) return []
  const { count, shortest, median, longest, sum } = roundTrips
  const range = count === 1 ? fineDuration(sum) : `median ${fineDuration(median)}, ${fineDuration(shortest)} to ${fineDuration(longest)}`
  const rate = sum === 0 || echoedOctets === 0 ? '' : `, ${(echoedOctets / 1024 / 1024 / (sum / 1000)).toFixed(1)} MiB/s each way`
  return [[counted(count, 'round trip'), `${range}${rate}`]]
}

function compressionFacts({ compression }: MeasuredRecord): [string, Content][] {
  if (compression === undefined) return []
  const { messages, compressedMessages, windowBits, keepsContext, farthest, messagesWithContext, context, fuzzer } = compression
  return [
    ['Came compressed', `${grouped(compressedMessages)} of ${counted(messages, 'message')}`],
    ['Testee compressed to', ratio(compression)],
    ['Fuzzer compressed to', ratio(fuzzer)],
    ['Testee’s window', `2^${windowBits} octets agreed; it referred back ${counted(farthest, 'octet')} at most`],
    ['Testee’s context', keepsContext ? `may be kept: ${contextWords[context]}` : 'agreed to be dropped after each message'],
    ['Messages that used it', `${grouped(messagesWithContext)} of ${counted(messages, 'message')}`],
  ]
}

function ratio({ inflatedOctets, wireOctets }: CompressedDirection): string {
  const share = inflatedOctets === 0 ? '' : ` (${((100 * wireOctets) / inflatedOctets).toFixed(1)} %)`
  return `${counted(wireOctets, 'octet')} of ${grouped(inflatedOctets)}${share}`
}

/** Shows the lines of a head, with invisible characters made visible. */
function head(text: string): Markup {
  if (text === '') return html`<p class="none">nothing</p>`
  return html`<pre class="head">${text.split(/\r\n/).map(visible).join('\n').trimEnd()}</pre>`
}

/** Turns the sections of RFCs into links. */
function sectionLinks(section: string): Content {
  let rfc = ''
  return section.split(/(RFC \d+|§[\d.]+\d)/).map(part => {
    const number = /^RFC (\d+)$/.exec(part)?.[1]
    if (number !== undefined) rfc = number
    if (!part.startsWith('§') || rfc === '') return part
    return html`<a href="https://www.rfc-editor.org/rfc/rfc${rfc}#section-${part.slice(1)}" rel="noreferrer">${part}</a>`
  })
}

const contextWords = { kept: 'it was', dropped: 'it was not', unknown: 'its messages do not show whether it was' } as const
