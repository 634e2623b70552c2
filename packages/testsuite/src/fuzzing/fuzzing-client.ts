import type { Case } from '../cases/case.ts'
import { catalogue } from '../cases/catalogue.ts'
import { earlierRows } from '../report/earlier-rows.ts'
import { folderWriters } from '../report/folder-writers.ts'
import { ReportBook } from '../report/report-book.ts'
import type { Report, ReportRow, ReportWriter } from '../report/report-writer.ts'
import { openAsClient, Unreachable } from '../run/open-as-client.ts'
import { type Pace, usualPace } from '../run/pace.ts'
import { playCase } from '../run/play-case.ts'
import { chosenCases, isExcludedFor } from './chosen-cases.ts'
import type { FuzzingClientConfig, ServerEntry } from './config.ts'
import { Turnstile } from './turnstile.ts'

export interface FuzzingClientOptions extends FuzzingClientConfig {
  /** How many cases run at once; those that measure time run alone. 8 where not said. */
  readonly concurrency?: number
  readonly pace?: Partial<Pace>
  /** Writers beside those of the folder. */
  readonly writers?: readonly ReportWriter[]
  /** Told of each case that has ended, in the order in which they end. */
  readonly onCase?: (row: ReportRow, progress: Progress) => void
  /** Ends the run: no more cases are begun. */
  readonly signal?: AbortSignal
  /** In place of the whole catalogue. */
  readonly catalogue?: readonly Case[]
}

/** How far a run is. */
export interface Progress {
  readonly done: number
  readonly count: number
  /** Milliseconds since the run began. */
  readonly elapsed: number
}

/**
 * Tests servers: plays the cases with each of them, one server after the other, and gives the report.
 *
 * Rejects with `Unreachable` where the first connection to a server does not come about, with `NoSuchCase` for a pattern that fits no case, and
 * with `NoReport` where the folder has an `index.json` of something else.
 */
export async function fuzzingClient(options: FuzzingClientOptions): Promise<Report> {
  const { servers, concurrency = 8, outdir, writers = [], signal, onCase } = options
  const all = options.catalogue ?? catalogue
  const cases = chosenCases(all, options, 'server')
  const pace = { ...usualPace, ...options.pace }
  const book = new ReportBook({
    fuzzer: 'client',
    writers: [...folderWriters(outdir), ...writers],
    ids: all.map(({ id }) => id),
    earlier: outdir === undefined ? [] : await earlierRows(outdir),
  })
  const plays = servers.map(server => ({ server, cases: cases.filter(({ id }) => !isExcludedFor(server.agent, id, options)) }))
  const count = plays.reduce((sum, play) => sum + play.cases.length, 0)
  const started = performance.now()
  let done = 0
  for (const { server, cases: ofServer } of plays) {
    await probe(server, pace)
    const turnstile = new Turnstile(concurrency)
    // Those that run alone would hold up all others; they come last.
    const inOrder = [...ofServer.filter(({ alone }) => alone !== true), ...ofServer.filter(({ alone }) => alone === true)]
    const runs = inOrder.map(testCase =>
      turnstile.pass(testCase.alone === true, async () => {
        if (signal?.aborted === true) return
        const row = await book.add(await tested(server, testCase, pace))
        done++
        onCase?.(row, { done, count, elapsed: performance.now() - started })
      }),
    )
    await settled(runs)
  }
  return book.finish()
}

/** All of them to their end, so that nothing runs on behind an error. */
async function settled(runs: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(runs)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function tested(server: ServerEntry, testCase: Case, pace: Pace): ReturnType<typeof playCase> {
  const play = { testCase, agent: server.agent, role: 'client' as const, pace }
  try {
    return await playCase({ ...play, opened: await openAsClient(placeOf(server), testCase, pace) })
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

/** One connection before all others: a server that is not there is a mistake to be told, and not 517 failures. */
async function probe(server: ServerEntry, pace: Pace): Promise<void> {
  const opened = await openAsClient(placeOf(server), {}, pace)
  if (opened.kind === 'opened') opened.socket.destroy()
}

function placeOf({ url, options }: ServerEntry): Parameters<typeof openAsClient>[0] {
  return { url, version: wireVersion(options?.version) }
}

/** Config files count drafts: 18 is the RFC, whose number on the wire is 13, as of drafts 13 to 17; drafts 8 to 12 say 8. */
function wireVersion(version = 13): number {
  return version >= 13 ? 13 : 8
}
