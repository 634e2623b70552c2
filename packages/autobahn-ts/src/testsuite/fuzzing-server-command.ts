import {
  BadConfig,
  type FuzzingServer,
  type FuzzingServerOptions,
  fuzzingServer,
  NoReport,
  NoSuchCase,
  type Report,
  readServerConfig,
} from '@autobahn-ts/testsuite'
import { Command, InvalidArgumentError } from 'commander'
import pc from 'picocolors'
import { endOnSignals } from '../end-on-signals.ts'
import { errorSentence } from '../error-sentence.ts'
import { listenProblem } from '../listen-problem.ts'
import { addedOrigin } from '../origin-flag.ts'
import { pemIn } from '../pem-file.ts'
import { portFrom } from '../port-flag.ts'
import { printable } from '../printable.ts'
import { type CaseValues, choiceIn, configIn, withCaseFlags, writersIn } from './case-flags.ts'
import { CaseLines, hasFailure } from './case-lines.ts'
import { checkTargets } from './report-targets.ts'

/** The command `autobahn-ts testsuite fuzzing-server`, which tests clients. */
export function fuzzingServerCommand(): Command {
  const command = new Command('fuzzing-server')
    .description('Waits for echo clients, and tests them.')
    .option('--port <number>', 'Port to listen on; 0 picks a free one (default: 9001).', portFrom)
    .option('--host <address>', 'Address to listen on; 0.0.0.0 means all addresses of this machine (default: 127.0.0.1).')
    .option('--cert <file>', 'Certificate (PEM, with its chain) for TLS; needs --key.')
    .option('--key <file>', 'Private key (PEM) for TLS; needs --cert.')
    .option(
      '--allow-origin <origin>',
      'Origin of web pages that may connect, beside those of this server; "*" for any; repeatable.',
      addedOrigin,
    )
    .option('--ca <file>', 'A certificate (PEM); clients need a certificate that it signed.')
    .option('--once', 'Exits when a client has asked for its report, with the exit status of that report.')
    .option('--timeout <seconds>', 'Exits with status 1 if no client has asked for its report within this time.', secondsFrom)
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite fuzzing-server --help)')
  return withCaseFlags(command).action(() => serve(command))
}

interface Values extends CaseValues {
  readonly port?: number
  readonly host?: string
  readonly cert?: string
  readonly key?: string
  readonly ca?: string
  readonly allowOrigin?: readonly string[]
  readonly once?: boolean
  readonly timeout?: number
}

async function serve(command: Command): Promise<void> {
  const values = command.opts<Values>()
  const lines = new CaseLines(process.stdout, values.failOn)
  let reported: () => void = () => {}
  const isReported = new Promise<void>(resolve => {
    reported = resolve
  })
  const options = optionsFrom(command, values)
  checkTargets(command, { outdir: options.outdir, junit: values.junit })
  const server = await listening(command, {
    ...options,
    concurrency: values.concurrency,
    allowedOrigins: values.allowOrigin ?? [],
    writers: writersIn(values),
    onCase: row => lines.caseEnded(row),
    onReport: agent => {
      lines.above(`report for ${printable(agent)} written`)
      reported()
    },
    onNotice: text => console.error(`warning: ${printable(text)}`),
    onError: error => console.error(`error: ${errorSentence(error)}`),
  })
  const [late, isLate] = lateAfter(values.timeout, isReported)
  const ends = [server.stopped, isLate, ...(values.once === true ? [isReported] : [])]
  const ending = ended(server, Promise.race(ends))
  console.log(`${pc.bold('fuzzing server')} listens at ${pc.cyan(server.url)}   ${pc.dim('Ctrl-C stops it')}`)
  const report = await ending
  late?.unref()
  lines.ended(report, options.outdir ?? '')
  process.exitCode = hasFailure(report, values.failOn) ? 1 : 0
}

/** Returns a timer, and a promise that resolves with it if no report was asked for within the time. */
function lateAfter(seconds: number | undefined, isReported: Promise<void>): [NodeJS.Timeout | undefined, Promise<void>] {
  if (seconds === undefined) return [undefined, new Promise(() => {})]
  let hasReported = false
  void isReported.then(() => {
    hasReported = true
  })
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<void>(resolve => {
    timer = setTimeout(() => {
      if (hasReported) return
      console.error(`error: no client has asked for its report within ${seconds} s`)
      resolve()
    }, seconds * 1000)
  })
  return [timer, isLate]
}

function secondsFrom(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('It must be a number of seconds above 0, and at most 86400.')
  return seconds
}

/** Waits for a signal or for `done`, then returns the final report. */
async function ended(server: FuzzingServer, done: Promise<void>): Promise<Report> {
  let report: Report | undefined
  const close = async (): Promise<void> => {
    report ??= await server.close()
  }
  await Promise.race([endOnSignals(close), done])
  await close()
  return report ?? server.report
}

function optionsFrom(command: Command, values: Values): FuzzingServerOptions {
  const { config: file, port, host, cert, key, ca } = values
  const fromFile = file === undefined ? {} : configIn(command, file, readServerConfig)
  const url = new URL(fromFile.url ?? 'ws://127.0.0.1:9001')
  if (port !== undefined) url.port = String(port)
  if (host !== undefined) url.hostname = host.includes(':') ? `[${host}]` : host
  if ((cert === undefined) !== (key === undefined)) command.error('error: --cert and --key need each other')
  if (cert === undefined || key === undefined) return { outdir: 'reports', ...fromFile, ...choiceIn(values), url: url.href }
  url.protocol = 'wss:'
  return {
    outdir: 'reports',
    ...fromFile,
    ...choiceIn(values),
    url: url.href,
    tls: { cert: pemIn(command, 'cert', cert), key: pemIn(command, 'key', key), ...(ca !== undefined && { ca: pemIn(command, 'ca', ca) }) },
  }
}

async function listening(command: Command, options: FuzzingServerOptions): Promise<FuzzingServer> {
  try {
    return await fuzzingServer(options)
  } catch (error) {
    if (error instanceof NoSuchCase || error instanceof NoReport || error instanceof BadConfig)
      return command.error(`error: ${errorSentence(error)}`)
    const { hostname, port } = new URL(options.url ?? 'ws://127.0.0.1:9001')
    return command.error(`error: ${listenProblem(error, { host: hostname, port: Number(port) }, 'autobahn-ts testsuite fuzzing-server')}`)
  }
}
