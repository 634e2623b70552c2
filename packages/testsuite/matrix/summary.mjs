import { findingOf, reasonOf, tally, verdictWords } from '../dist/index.js'

/** What docs/conformance.json says of one testee. */
export function summaryOf({ agent, role, version }, rows, { compression }) {
  return {
    agent,
    testee: role,
    version,
    totals: tally(rows),
    groups: Object.fromEntries([...groupsOf(rows)].map(([number, ofGroup]) => [number, tally(ofGroup)])),
    compression: compressionOf(compression),
    notOk: rows.filter(row => findingOf(row) !== 'ok').map(entryOf),
  }
}

function entryOf(row) {
  return {
    id: row.id,
    title: row.title,
    finding: findingOf(row),
    verdict: verdictWords(row),
    reason: reasonOf(row),
    closeCode: row.remoteCloseCode,
    closeReason: row.remoteCloseReason,
    ...(isLimit(row) && { isLimit: true }),
  }
}

/**
 * Whether a failed case met a limit that the testee says it has, and not a fault: its close frame names one. 1009 is a message too big
 * (RFC 6455 §7.4.1), 1008 a policy; a case of lengths and amounts fails by nothing else with these.
 */
function isLimit(row) {
  return findingOf(row) === 'failed' && (row.remoteCloseCode === 1009 || row.remoteCloseCode === 1008)
}

/** Over all cases with permessage-deflate: how many messages came back compressed, and to what. */
function compressionOf(records) {
  const sums = { cases: 0, messages: 0, compressedMessages: 0, inflatedOctets: 0, wireOctets: 0 }
  for (const figures of records.values()) {
    if (figures === undefined) continue
    sums.cases++
    for (const name of ['messages', 'compressedMessages', 'inflatedOctets', 'wireOctets']) sums[name] += figures[name]
  }
  return sums.cases === 0 ? undefined : sums
}

function groupsOf(rows) {
  const groups = new Map()
  for (const row of rows) {
    const number = row.id.split('.')[0]
    if (!groups.has(number)) groups.set(number, [])
    groups.get(number).push(row)
  }
  return groups
}
