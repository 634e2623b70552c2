import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Case } from '../cases/case.ts'
import { catalogue } from '../cases/catalogue.ts'
import { earlierRows } from '../report/earlier-rows.ts'
import { folderWriters } from '../report/folder-writers.ts'
import { ReportBook } from '../report/report-book.ts'
import type { Report, ReportRow, ReportWriter } from '../report/report-writer.ts'
import { openAsServer } from '../run/open-as-server.ts'
import { type Pace, usualPace } from '../run/pace.ts'
import { playCase } from '../run/play-case.ts'
import { readHead } from '../run/read-head.ts'
import type { HttpHead } from '../wire/http-head.ts'
import { chosenCases, isExcludedFor } from './chosen-cases.ts'
import type { FuzzingServerConfig } from './config.ts'
import { answer } from './control-answer.ts'
import { refusedPage } from './page-rule.ts'
import { Turnstile } from './turnstile.ts'

export interface FuzzingServerOptions extends FuzzingServerConfig {
  /** Certificate and key in PEM, for `wss:`. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  /** How many cases run at once, if the testees ask for so many; those that measure time run alone. 8 where not said. */
  readonly concurrency?: number
  /** Origins of pages that may connect, `*` for any; pages of this server itself always may. Default: none. */
  readonly allowedOrigins?: readonly string[]
  readonly pace?: Partial<Pace>
  /** Writers beside those of the folder. */
  readonly writers?: readonly ReportWriter[]
  /** Told of each case that has ended. */
  readonly onCase?: (row: ReportRow) => void
  /** Told when a testee has asked for its report, which is written by then. */
  readonly onReport?: (agent: string, report: Report) => void
  /** Told what went wrong with no testee to blame: a disk that is full, for example. */
  readonly onError?: (error: unknown) => void
  /** In place of the whole catalogue. */
  readonly catalogue?: readonly Case[]
}

/** A fuzzing server that listens. */
export interface FuzzingServer {
  /** With the port that was taken. */
  readonly url: string
  readonly report: Report
  /** Ends all connections and writes the report. */
  close(): Promise<Report>
}

/**
 * Tests clients, which ask for the cases one by one over these paths: `/getCaseCount`, `/runCase?case=N&agent=A` (or `casetuple=9.7.1`),
 * `/getCaseInfo?case=N`, `/getCaseStatus?case=N&agent=A`, `/updateReports?agent=A`. Cases are counted from 1. Resolves when it
 * listens; rejects with `NoSuchCase` and `NoReport` as `fuzzingClient` does.
 */
export async function fuzzingServer(options: FuzzingServerOptions = {}): Promise<FuzzingServer> {
  const session = new Session(options, options.outdir === undefined ? [] : await earlierRows(options.outdir))
  const url = new URL(options.url ?? 'ws://127.0.0.1:9001')
  const listener = (socket: Socket): void => void session.serve(socket).catch(error => options.onError?.(error))
  const server =
    options.tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, listener)
      : createTlsServer({ ...options.tls, allowHalfOpen: true, noDelay: true, handshakeTimeout: session.pace.opening * 1000 }, listener)
  server.maxConnections = mostConnections
  await listening(server, url)
  const address = server.address()
  if (address !== null && typeof address === 'object') url.port = String(address.port)
  return {
    url: url.href.replace(/\/$/, ''),
    get report() {
      return session.book.report
    },
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      await session.end()
      await closed
      return session.book.finish()
    },
  }
}

class Session {
  readonly book: ReportBook
  readonly pace: Pace
  readonly #cases: readonly Case[]
  readonly #options: FuzzingServerOptions
  readonly #turnstile: Turnstile
  readonly #sockets = new Set<Socket>()
  readonly #running = new Set<Promise<void>>()

  constructor(options: FuzzingServerOptions, earlier: readonly ReportRow[]) {
    const all = options.catalogue ?? catalogue
    const { outdir, writers = [], concurrency = 8 } = options
    this.#options = options
    this.#cases = chosenCases(all, options, 'client')
    this.pace = { ...usualPace, ...options.pace }
    this.#turnstile = new Turnstile(concurrency)
    this.book = new ReportBook({
      fuzzer: 'server',
      writers: [...folderWriters(outdir), ...writers],
      ids: all.map(({ id }) => id),
      earlier,
    })
  }

  async serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // What is to be said of a broken connection is said by who reads it.
    socket.on('error', () => {})
    const read = await readHead(socket, this.pace.opening)
    if (read.problem !== undefined) return void socket.destroy()
    await this.#route(socket, read.head, read.rest)
  }

  /** Drops all connections; what runs on them comes to its end by that. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.allSettled(this.#running)
  }

  async #route(socket: Socket, head: HttpHead, rest: Uint8Array): Promise<void> {
    const refusal = refusedPage(head, socket.localAddress, this.#options.allowedOrigins ?? [])
    if (refusal !== undefined) return void socket.end(plainAnswer('403 Forbidden', refusal))
    const { path, query } = targetOf(head)
    const agent = (query.get('agent') || 'unnamed client').slice(0, longestAgent)
    const found = this.#caseOf(query)
    switch (path) {
      case '/getCaseCount':
        return this.#answer(socket, head, rest, String(this.#cases.length))
      case '/getCaseInfo':
        return this.#answer(socket, head, rest, found && JSON.stringify({ id: found.id, description: found.title }))
      case '/getCaseStatus': {
        const row = found && this.book.row(agent, found.id)
        return this.#answer(
          socket,
          head,
          rest,
          found && JSON.stringify({ behavior: row?.behavior ?? 'UNKNOWN', behaviorClose: row?.behaviorClose ?? 'UNKNOWN' }),
        )
      }
      case '/updateReports': {
        await this.#recorded()
        const report = await this.book.finish()
        await this.#answer(socket, head, rest, '')
        return this.#options.onReport?.(agent, report)
      }
      case '/runCase':
        if (found === undefined || isExcludedFor(agent, found.id, this.#options) || !this.#maySpeak(agent))
          return this.#answer(socket, head, rest, undefined)
        return this.#play(found, agent, socket, head, rest)
      default:
        socket.end(plainAnswer('404 Not Found', 'Here are /getCaseCount, /runCase and /updateReports only.'))
    }
  }

  async #play(testCase: Case, agent: string, socket: Socket, head: HttpHead, rest: Uint8Array): Promise<void> {
    const recorded = this.#opened(testCase, agent, openAsServer(socket, head, rest, testCase))
    this.#running.add(recorded)
    await recorded.finally(() => this.#running.delete(recorded))
  }

  /** The answer is sent at once, so that the testee's own patience is not used up in the queue. */
  async #opened(testCase: Case, agent: string, opening: ReturnType<typeof openAsServer>): Promise<void> {
    const opened = await opening
    await this.#turnstile.pass(testCase.alone === true, async () => {
      const record = await playCase({ testCase, agent, opened, role: 'server', pace: this.pace })
      const row = await this.book.add(record)
      this.#options.onCase?.(row)
    })
  }

  /** What a testee takes for the end of its last case may come before it is recorded. */
  async #recorded(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#running), after(this.pace.drop)])
  }

  async #answer(socket: Socket, head: HttpHead, rest: Uint8Array, text: string | undefined): Promise<void> {
    await answer(await openAsServer(socket, head, rest, {}), text, this.pace)
  }

  #caseOf(query: URLSearchParams): Case | undefined {
    const id = query.get('casetuple')
    if (id !== null) return this.#cases.find(each => each.id === id)
    const number = query.get('case') ?? ''
    return /^\d{1,9}$/.test(number) ? this.#cases[Number(number) - 1] : undefined
  }

  /** Whoever can connect may invent names; they are kept, so there is an end to it. */
  #maySpeak(agent: string): boolean {
    return this.book.hasAgent(agent) || this.book.agentCount < mostAgents
  }
}

/** An answer in plain HTTP; the text is ASCII. */
function plainAnswer(status: string, text: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`
}

function after(seconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, seconds * 1000).unref())
}

function targetOf({ startLine }: HttpHead): { readonly path: string; readonly query: URLSearchParams } {
  const target = startLine.split(' ')[1] ?? ''
  const [path = '', query = ''] = target.split('?', 2)
  return { path, query: new URLSearchParams(query) }
}

function listening(server: Server, url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: url.hostname.replaceAll(/[[\]]/g, ''), port: url.port === '' ? 80 : Number(url.port) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

const mostConnections = 256
const mostAgents = 1000
/** Characters. */
const longestAgent = 200
