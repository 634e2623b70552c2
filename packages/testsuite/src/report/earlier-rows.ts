import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tlsSummary } from '../run/opening-record.ts'
import type { ReportRow } from './report-writer.ts'

/** Thrown if the folder has an `index.json` that is not a report, because writing a report would destroy it. */
export class NoReport extends Error {
  override readonly name = 'NoReport'
}

/**
 * Reads the rows of an earlier run from a folder's `index.json`, so that testees of several runs share one matrix; returns an empty list
 * where there is no such file. Title and reasons, which the index does not contain, are read from the file of each case. Reports of other
 * tools in the same format are read as well. Rejects with `NoReport`.
 */
export async function earlierRows(folder: string): Promise<ReportRow[]> {
  const text = await contentOf(join(folder, 'index.json'))
  if (text === undefined) return []
  const index = objectIn(text)
  if (index === undefined) throw new NoReport(`${join(folder, 'index.json')} is not a report; choose another folder, or remove the file`)
  const rows: ReportRow[] = []
  for (const [agent, cases] of Object.entries(index))
    for (const [id, entry] of Object.entries(isObject(cases) ? cases : {}))
      if (isObject(entry) && caseId.test(id)) rows.push(await rowOf(folder, agent, id, entry))
  return rows
}

async function rowOf(folder: string, agent: string, id: string, entry: JsonObject): Promise<ReportRow> {
  // An index may come from another program: it must not make this read files elsewhere, or link to them.
  const file = /^([\w.-]+)\.json$/.exec(String(entry.reportfile))?.[1] ?? ''
  const record = (file === '' ? undefined : objectIn((await contentOf(join(folder, `${file}.json`))) ?? '')) ?? {}
  const { ending, opening } = record
  const tls = isObject(opening) && isObject(opening.tls) ? opening.tls : undefined
  const received = isObject(ending) && isObject(ending.received) ? ending.received : {}
  return {
    agent,
    id,
    number: Number(record.case) || 0,
    title: textIn(record.title) || textIn(record.description),
    testee: record.fuzzer === 'server' || record.isServer === true ? 'client' : 'server',
    behavior: known(behaviors, entry.behavior, 'FAILED'),
    behaviorClose: known(closes, entry.behaviorClose, 'FAILED'),
    reasons: {
      behavior: textIn(record.result),
      close: textIn(record.resultClose),
    },
    duration: Number(entry.duration) || 0,
    remoteCloseCode: typeof entry.remoteCloseCode === 'number' ? entry.remoteCloseCode : null,
    remoteCloseReason: typeof received.reason === 'string' ? received.reason : null,
    ...(record.limit !== undefined && { isLimit: true }),
    ...(tls !== undefined && { tls: tlsSummary({ version: textIn(tls.version), alpn: textIn(tls.alpn) }) }),
    ...(Array.isArray(record.remarks) && { remarks: record.remarks.map(textIn) }),
    file,
  }
}

/** Returns the verdict if it is a known one. An unknown verdict does not count as passed. */
function known<Name extends string>(names: readonly Name[], value: unknown, otherwise: Name): Name {
  return names.find(name => name === value) ?? otherwise
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const caseId = /^\d{1,4}(\.\d{1,4}){0,4}$/
const behaviors = ['OK', 'NON-STRICT', 'INFORMATIONAL', 'FAILED', 'UNIMPLEMENTED'] as const
const closes = ['OK', 'FAILED', 'WRONG CODE', 'UNCLEAN', 'FAILED BY CLIENT', 'INFORMATIONAL', 'UNIMPLEMENTED'] as const
