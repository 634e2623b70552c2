import type { Case } from '../cases/case.ts'
import { catalogue } from '../cases/catalogue.ts'
import { earlierRows } from '../report/earlier-rows.ts'
import { folderWriters } from '../report/folder-writers.ts'
import { ReportBook } from '../report/report-book.ts'
import type { Report, ReportRow, ReportWriter, Unreached } from '../report/report-writer.ts'
import { BusyMachine } from '../run/busy-machine.ts'
import type { CaseRecord } from '../run/case-record.ts'
import { openAsClient, type ServerPlace, Unreachable } from '../run/open-as-client.ts'
import { type Pace, usualPace } from '../run/pace.ts'
import { playCase } from '../run/play-case.ts'
import { checkNames } from './check-names.ts'
import { chosenCases, isExcludedFor } from './chosen-cases.ts'
import type { FuzzingClientConfig, ServerEntry } from './config.ts'
import { pemOf } from './pem-of.ts'
import { probe } from './probe.ts'
import { Turnstile } from './turnstile.ts'

export interface FuzzingClientOptions extends FuzzingClientConfig {
  /** The number of cases that run at the same time; cases that measure time run alone. Default: 8. */
  readonly concurrency?: number
  readonly pace?: Partial<Pace>
  /** Writers of reports, in addition to those for the folder. */
  readonly writers?: readonly ReportWriter[]
  /** Called for each case that has ended, in the order in which they end. */
  readonly onCase?: (row: ReportRow, progress: Progress) => void
  /**
   * Called with a sentence where the run differs from the options: a pattern matches no case, a server accepts fewer connections or cannot
   * be reached.
   */
  readonly onNotice?: (text: string) => void
  /** Ends the run: no further cases begin. */
  readonly signal?: AbortSignal
  /** The cases to choose from. Default: the whole catalogue. */
  readonly catalogue?: readonly Case[]
}

/** The progress of a run. */
export interface Progress {
  readonly done: number
  readonly count: number
  /** Milliseconds since the beginning of the run. */
  readonly elapsed: number
}

/**
 * Tests servers: plays the cases with each of them, one server after the other, and returns the report.
 *
 * A server that cannot be reached is named in the report (`unreachable`), and the others are tested. A server that accepts fewer
 * connections at once than `concurrency` is tested with as many as it accepts. If the machine turns out to be busy, cases that found a
 * fault of the server are played again, alone, unless they are many; the second verdict counts.
 *
 * Rejects with `NoSuchCase` for a pattern that cannot be read, with `BadConfig` for a file that cannot be read, and with `NoReport` where
 * the folder has an `index.json` that is not a report.
 */
export async function fuzzingClient(options: FuzzingClientOptions): Promise<Report> {
  checkNames<FuzzingClientOptions>(options, names, 'fuzzingClient')
  const { servers, concurrency = 8, outdir, writers = [], signal, onCase, onNotice = () => {} } = options
  const all = options.catalogue ?? catalogue
  const cases = chosenCases(all, options, 'server', onNotice)
  const pace = { ...usualPace, ...options.pace }
  const book = new ReportBook({
    fuzzer: 'client',
    writers: [...folderWriters(outdir), ...writers],
    ids: all.map(({ id }) => id),
    earlier: outdir === undefined ? [] : await earlierRows(outdir),
  })
  const places = await Promise.all(servers.map(placeOf))
  const busy = new BusyMachine()
  const started = performance.now()
  let count = servers.length * cases.length
  let done = 0
  for (const [n, server] of servers.entries()) {
    const testee = await reached(server, places[n]!, concurrency, pace, onNotice, unreachable => book.addUnreachable(unreachable))
    const ofServer = testee === undefined ? [] : cases.filter(({ id }) => !isExcludedFor(testee.agent, id, options))
    count -= cases.length - ofServer.length
    if (testee === undefined) continue
    const add = async (record: CaseRecord): Promise<void> => {
      const row = await book.add(record)
      done++
      onCase?.(row, { done, count, elapsed: performance.now() - started })
    }
    const turnstile = new Turnstile(testee.atOnce)
    const blaming: { readonly testCase: Case; readonly record: CaseRecord }[] = []
    // Cases that run alone would block all others, so they come last.
    const inOrder = [...ofServer.filter(({ alone }) => alone !== true), ...ofServer.filter(({ alone }) => alone === true)]
    const runs = inOrder.map(testCase =>
      turnstile.pass(testCase.alone === true, async () => {
        if (signal?.aborted === true) return
        const record = await tested(testee, testCase, pace)
        if (blames(record) && busy.isBusy) blaming.push({ testCase, record })
        else await add(record)
      }),
    )
    await settled(runs)
    // If many cases find a fault of the server, the machine is not the reason.
    const isDoubtful = blaming.length <= Math.max(1, ofServer.length * doubtfulShare) && signal?.aborted !== true
    for (const { testCase, record } of blaming) await add(isDoubtful ? await tested(testee, testCase, pace) : record)
  }
  busy.stop()
  return book.finish()
}

/** A server that answers, with its name in reports and the number of cases that may run at the same time. */
interface Testee {
  readonly agent: string
  readonly place: ServerPlace
  readonly atOnce: number
}

/** Connects to the server of an entry. Returns `undefined` if it cannot be reached, after adding that to the report. */
async function reached(
  { agent: name, url }: ServerEntry,
  place: ServerPlace,
  concurrency: number,
  pace: Pace,
  notice: (text: string) => void,
  report: (unreachable: Unreached) => void,
): Promise<Testee | undefined> {
  try {
    const { server: header, atOnce } = await probe(place, concurrency, pace)
    const agent = name ?? header ?? new URL(url).host
    if (atOnce < concurrency)
      notice(
        `${agent} accepts ${atOnce === 1 ? 'one connection' : `${atOnce} connections`} at a time, so ${atOnce === 1 ? 'its cases run one by one' : `${atOnce} of its cases run at once`}`,
      )
    return { agent, place, atOnce }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    const agent = name ?? new URL(url).host
    notice(`${agent} is not tested: ${error.message}`)
    report({ agent, url, reason: error.message })
    return undefined
  }
}

/** Whether a verdict is a fault of the testee. */
function blames({ behavior, close }: CaseRecord): boolean {
  return behavior.verdict === 'FAILED' || !['OK', 'INFORMATIONAL', 'UNIMPLEMENTED'].includes(close.verdict)
}

/** Waits for the end of all runs, so that none continues after an error. */
async function settled(runs: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(runs)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function tested({ agent, place }: Testee, testCase: Case, pace: Pace): ReturnType<typeof playCase> {
  const play = { testCase, agent, role: 'client' as const, pace }
  try {
    return await playCase({ ...play, opened: await openAsClient(place, testCase, pace) })
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return playCase({
      ...play,
      opened: {
        kind: 'refused',
        reason: error.message,
        result: { end: 'malformed', problem: error.message },
        record: { request: '', response: '' },
      },
    })
  }
}

async function placeOf({ url, options, hostname, origin, protocols, insecure, ca, cert, key }: ServerEntry): Promise<ServerPlace> {
  return {
    url,
    version: wireVersion(options?.version),
    tls: { ...(insecure !== undefined && { insecure }), ...(await pemOf({ ca, cert, key })) },
    ...(hostname !== undefined && { hostname }),
    ...(origin !== undefined && { origin }),
    ...(protocols !== undefined && { protocols }),
  }
}

/**
 * Converts the version of a configuration file to the one in the request. The files count drafts: 18 is the RFC, whose number in the
 * request is 13, as of drafts 13 to 17; drafts 8 to 12 use 8.
 */
function wireVersion(version = 13): number {
  return version >= 13 ? 13 : 8
}

/** The largest share of cases that is played again because the machine was busy. */
const doubtfulShare = 0.1

const names = {
  strict: true,
  onNotice: true,
  outdir: true,
  cases: true,
  excludeCases: true,
  excludeAgentCases: true,
  concurrency: true,
  pace: true,
  writers: true,
  onCase: true,
  catalogue: true,
  servers: true,
  signal: true,
} as const
