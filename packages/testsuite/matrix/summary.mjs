import { findingOf, reasonOf, tally, verdictWords } from '../dist/index.js'

/** The data of one testee for docs/conformance.json. */
export function summaryOf({ agent, role, version }, rows) {
  return {
    agent,
    testee: role,
    version,
    totals: tally(rows),
    groups: Object.fromEntries([...groupsOf(rows)].map(([number, ofGroup]) => [number, tally(ofGroup)])),
    compression: compressionOf(rows),
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
    ...(row.isLimit && { isLimit: true }),
  }
}

/** Sums up all cases with permessage-deflate: how many messages came back compressed, and to which size. */
function compressionOf(rows) {
  const figures = rows.flatMap(({ measured }) => measured?.compression ?? [])
  if (figures.length === 0) return undefined
  const sum = name => figures.reduce((all, each) => all + each[name], 0)
  const names = ['messages', 'compressedMessages', 'inflatedOctets', 'wireOctets', 'messagesWithContext']
  const fuzzer = figures.reduce((all, each) => all + each.fuzzer.wireOctets, 0)
  return { cases: figures.length, ...Object.fromEntries(names.map(name => [name, sum(name)])), fuzzerWireOctets: fuzzer }
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
