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
import { checkNames } from './check-names.ts'
import { chosenCases, isExcludedFor } from './chosen-cases.ts'
import { BadConfig, type FuzzingServerConfig } from './config.ts'
import { answer } from './control-answer.ts'
import { takeCommands } from './control-commands.ts'
import { refusedPage } from './page-rule.ts'
import { pemOf } from './pem-of.ts'
import { Turnstile } from './turnstile.ts'

export interface FuzzingServerOptions extends FuzzingServerConfig {
  /**
   * Certificate and key in PEM, for `wss:`, in place of the files `cert` and `key`. With `ca`, clients need a certificate that it signed.
   */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer; readonly ca?: string | Buffer }
  /** The number of cases that may run at the same time; cases that measure time run alone. Default: 8. */
  readonly concurrency?: number
  /** The origins of web pages that may connect; `*` stands for any. Pages of this server itself always may. Default: none. */
  readonly allowedOrigins?: readonly string[]
  readonly pace?: Partial<Pace>
  /** Writers of reports, in addition to those for the folder. */
  readonly writers?: readonly ReportWriter[]
  /** Called for each case that has ended. */
  readonly onCase?: (row: ReportRow) => void
  /** Called after a testee has asked for its report and the report has been written. */
  readonly onReport?: (agent: string, report: Report) => void
  /** Called with a sentence where the run differs from the options: a pattern matches no case. */
  readonly onNotice?: (text: string) => void
  /** Called with errors that are not a testee's fault: a full disk, for example. */
  readonly onError?: (error: unknown) => void
  /** The cases to choose from. Default: the whole catalogue. */
  readonly catalogue?: readonly Case[]
}

/** A fuzzing server that is listening. */
export interface FuzzingServer {
  /** The address, with the actual port. */
  readonly url: string
  readonly report: Report
  /**
   * Resolves when a testee on this machine has asked the server to stop, by `/stopServer` or `shutdownOnComplete`. The server keeps
   * listening until `close`.
   */
  readonly stopped: Promise<void>
  /** Ends all connections and writes the report. */
  close(): Promise<Report>
}

/**
 * Tests clients, which ask for the cases one by one over these paths: `/getCaseCount`, `/runCase?case=N&agent=A` (or `casetuple=9.7.1`),
 * `/getCaseInfo?case=N`, `/getCaseStatus?case=N&agent=A`, `/updateReports?agent=A`. Cases are counted from 1. A path that needs a case or
 * an agent but does not name it is answered with an error status. `/stopServer` and `/updateReports?agent=A&shutdownOnComplete=true` from
 * this machine resolve `stopped`. Any other path opens a connection for commands (`takeCommands`).
 *
 * Resolves when the server listens; rejects with `NoSuchCase` and `NoReport` as `fuzzingClient` does, and with `BadConfig` for `wss:`
 * without a certificate.
 */
export async function fuzzingServer(options: FuzzingServerOptions = {}): Promise<FuzzingServer> {
  checkNames<FuzzingServerOptions>(options, names, 'fuzzingServer')
  const url = new URL(options.url ?? 'ws://127.0.0.1:9001')
  const tls = await certificateOf(url, options)
  const session = new Session(options, options.outdir === undefined ? [] : await earlierRows(options.outdir))
  const listener = (socket: Socket): void => void session.serve(socket).catch(error => options.onError?.(error))
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, listener)
      : createTlsServer(
          { ...tls, requestCert: tls.ca !== undefined, allowHalfOpen: true, noDelay: true, handshakeTimeout: session.pace.opening * 1000 },
          listener,
        )
  server.maxConnections = mostConnections
  await listening(server, url)
  const address = server.address()
  if (address !== null && typeof address === 'object') url.port = String(address.port)
  return {
    url: url.href.replace(/\/$/, ''),
    stopped: session.stopped,
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

/** Returns the certificates for TLS; `undefined` without TLS. */
async function certificateOf(url: URL, { tls, cert, key, ca }: FuzzingServerOptions): Promise<FuzzingServerOptions['tls']> {
  if (url.protocol !== 'wss:') {
    if (tls !== undefined) throw new BadConfig('a certificate needs wss://, but the address of the fuzzing server begins with ws://')
    return undefined
  }
  if (tls !== undefined) return tls
  const files = await pemOf({ cert, key, ca })
  if (files.cert === undefined || files.key === undefined)
    throw new BadConfig('wss:// needs cert and key, the files of a certificate and of its private key')
  return { cert: files.cert, key: files.key, ...(files.ca !== undefined && { ca: files.ca }) }
}

class Session {
  readonly book: ReportBook
  readonly pace: Pace
  readonly #cases: readonly Case[]
  readonly #options: FuzzingServerOptions
  readonly #turnstile: Turnstile
  readonly #sockets = new Set<Socket>()
  /** The last case of each agent that is still running. */
  readonly #running = new Map<string, Promise<void>>()
  readonly stopped: Promise<void>
  #stop: () => void = () => {}

  constructor(options: FuzzingServerOptions, earlier: readonly ReportRow[]) {
    const all = options.catalogue ?? catalogue
    const { outdir, writers = [], concurrency = 8 } = options
    this.#options = options
    this.#cases = chosenCases(all, options, 'client', options.onNotice)
    this.stopped = new Promise(resolve => {
      this.#stop = resolve
    })
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
    // The code that reads the socket handles its errors.
    socket.on('error', () => {})
    const read = await readHead(socket, this.pace.opening)
    if (read.problem !== undefined) return void socket.destroy()
    await this.#route(socket, read.head, read.rest)
  }

  /** Drops all connections, which ends the cases that run on them. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.allSettled(this.#running.values())
  }

  async #route(socket: Socket, head: HttpHead, rest: Uint8Array): Promise<void> {
    const refusal = refusedPage(head, socket.localAddress, this.#options.allowedOrigins ?? [])
    if (refusal !== undefined) return void socket.end(plainAnswer('403 Forbidden', refusal))
    const { path, query } = targetOf(head)
    const agent = query.get('agent')?.slice(0, longestAgent)
    const found = this.#caseOf(query)
    const reply = (text: string): Promise<void> => this.#answer(socket, head, rest, text)
    switch (path) {
      case '/getCaseCount':
        return reply(String(this.#cases.length))
      case '/getCaseInfo':
        return found === undefined ? refuse(socket, query) : reply(JSON.stringify({ id: found.id, description: found.title }))
      case '/getCaseStatus':
        return found === undefined || !agent ? refuse(socket, query) : reply(await this.#statusOf(agent, found))
      case '/updateReports':
        return agent ? this.#report(agent, query, socket, reply) : refuse(socket, query)
      case '/runCase':
        if (found === undefined || !agent || isExcludedFor(agent, found.id, this.#options) || !this.#maySpeak(agent))
          return refuse(socket, query)
        return this.#play(found, agent, socket, head, rest)
      case '/stopServer':
        if (!isLocal(socket)) return refuse(socket, query)
        await reply('')
        return this.#stop()
      default:
        return takeCommands(await openAsServer(socket, head, rest, {}), this.pace)
    }
  }

  /** Returns both verdicts on a case, after waiting for a case that still runs. */
  async #statusOf(agent: string, { id }: Case): Promise<string> {
    await Promise.race([this.#running.get(keyOf(agent, id)), after(this.pace.answer)])
    const row = this.book.row(agent, id)
    return JSON.stringify({ behavior: row?.behavior ?? 'UNKNOWN', behaviorClose: row?.behaviorClose ?? 'UNKNOWN' })
  }

  async #report(agent: string, query: URLSearchParams, socket: Socket, reply: (text: string) => Promise<void>): Promise<void> {
    await this.#recorded()
    const report = await this.book.finish()
    const isLast = query.get('shutdownOnComplete') === 'true' && isLocal(socket)
    await reply('')
    this.#options.onReport?.(agent, report)
    if (isLast) this.#stop()
  }

  async #play(testCase: Case, agent: string, socket: Socket, head: HttpHead, rest: Uint8Array): Promise<void> {
    const key = keyOf(agent, testCase.id)
    const recorded = this.#opened(testCase, agent, openAsServer(socket, head, rest, testCase))
    this.#running.set(key, recorded)
    await recorded.finally(() => {
      if (this.#running.get(key) === recorded) this.#running.delete(key)
    })
  }

  /** Waits for a case's turn. The response is sent at once, so that the wait does not count against the testee's own timeout. */
  async #opened(testCase: Case, agent: string, opening: ReturnType<typeof openAsServer>): Promise<void> {
    const opened = await opening
    await this.#turnstile.pass(testCase.alone === true, async () => {
      const record = await playCase({ testCase, agent, opened, role: 'server', pace: this.pace })
      const row = await this.book.add(record)
      this.#options.onCase?.(row)
    })
  }

  /** Waits until the cases that have ended are recorded: a testee may consider its last case over before that. */
  async #recorded(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#running.values()), after(this.pace.drop)])
  }

  async #answer(socket: Socket, head: HttpHead, rest: Uint8Array, text: string): Promise<void> {
    await answer(await openAsServer(socket, head, rest, {}), text, this.pace)
  }

  #caseOf(query: URLSearchParams): Case | undefined {
    const id = query.get('casetuple')
    if (id !== null) return this.#cases.find(each => each.id === id)
    const number = query.get('case') ?? ''
    return /^\d{1,9}$/.test(number) ? this.#cases[Number(number) - 1] : undefined
  }

  /** Whether an agent may be added. Anyone who can connect may invent names, and names are kept, so their number is limited. */
  #maySpeak(agent: string): boolean {
    return this.book.hasAgent(agent) || this.book.agentCount < mostAgents
  }
}

/** Makes an answer in plain HTTP; the text is ASCII. */
function plainAnswer(status: string, text: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`
}

/** Answers a path that does not name a case, or an agent where it needs one, with an error status. */
function refuse(socket: Socket, query: URLSearchParams): void {
  const why = query.get('agent') ? 'There is no such case.' : 'There is no such case, or the agent is missing.'
  socket.end(plainAnswer('400 Bad Request', why))
}

/** Whether the other end is on this machine. Only local programs may stop the server. */
function isLocal({ remoteAddress = '' }: Socket): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(remoteAddress)
}

function keyOf(agent: string, id: string): string {
  return `${id} ${agent}`
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

const names = {
  strict: true,
  onNotice: true,
  cert: true,
  key: true,
  ca: true,
  outdir: true,
  cases: true,
  excludeCases: true,
  excludeAgentCases: true,
  concurrency: true,
  pace: true,
  writers: true,
  onCase: true,
  catalogue: true,
  url: true,
  tls: true,
  allowedOrigins: true,
  onReport: true,
  onError: true,
} as const
const mostConnections = 256
const mostAgents = 1000
/** In characters. */
const longestAgent = 200
