import {
  BadConfig,
  type FuzzingClientConfig,
  fuzzingClient,
  NoReport,
  NoSuchCase,
  type Report,
  readClientConfig,
} from '@autobahn-ts/testsuite'
import { Command } from 'commander'
import { errorSentence } from '../error-sentence.ts'
import { pemIn } from '../pem-file.ts'
import { printable } from '../printable.ts'
import { type CaseValues, choiceIn, configIn, withCaseFlags, writersIn } from './case-flags.ts'
import { CaseLines, hasFailure } from './case-lines.ts'
import { checkTargets } from './report-targets.ts'

/** The command `autobahn-ts testsuite fuzzing-client`, which tests servers. */
export function fuzzingClientCommand(): Command {
  const command = new Command('fuzzing-client')
    .description('Tests echo servers, one or several.')
    .option('--url <address>', 'Address of the server, with ws:// or wss://.')
    .option('--agent <name>', 'Name of the server in reports (default: its Server header, or its host and port).')
    .option('--insecure', 'Accepts any certificate of a server with wss://.')
    .option('--ca <file>', 'A certificate (PEM) that may have signed that of the server.')
    .option('--cert <file>', 'The certificate of the client (PEM) for a server that asks for one; needs --key.')
    .option('--key <file>', 'The private key (PEM) for --cert.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite fuzzing-client --help)')
    .addHelpText(
      'after',
      '\nExit status: 0 where no case has the verdict of --fail-on, 1 where one has, or nothing was tested; 130 after Ctrl-C.',
    )
  return withCaseFlags(command).action(() => test(command))
}

interface Values extends CaseValues {
  readonly url?: string
  readonly agent?: string
  readonly insecure?: true
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

async function test(command: Command): Promise<void> {
  const values = command.opts<Values>()
  const config = configFrom(command, values)
  checkTargets(command, { outdir: config.outdir, junit: values.junit })
  const lines = new CaseLines(process.stdout, values.failOn)
  const ending = new AbortController()
  const onSignal = (): void => ending.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const report = await run(command, {
    ...config,
    concurrency: values.concurrency,
    writers: writersIn(values),
    signal: ending.signal,
    onCase: (row, progress) => lines.caseEnded(row, progress),
    onNotice: text => console.error(`warning: ${printable(text)}`),
  })
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  lines.ended(report, config.outdir ?? '')
  process.exitCode = ending.signal.aborted ? 130 : hasFailure(report, values.failOn) ? 1 : 0
}

function configFrom(command: Command, values: Values): FuzzingClientConfig {
  const { url, agent, config: file } = values
  if (url === undefined && file === undefined)
    return command.error('error: no server to test: add --url ws://host:port, or --config with a list of servers')
  const fromFile = file === undefined ? undefined : configIn(command, file, readClientConfig)
  const servers = url === undefined ? fromFile!.servers : [serverFrom(command, url, agent)]
  const tls = tlsFrom(command, values)
  return {
    outdir: 'reports',
    ...fromFile,
    ...choiceIn(values),
    servers: servers.map(server => ({ ...server, ...tls })),
  }
}

/** Reads the TLS flags, which hold for all servers; the files are checked before the run. */
function tlsFrom(command: Command, { insecure, ca, cert, key }: Values): Pick<Values, 'insecure' | 'ca' | 'cert' | 'key'> {
  if ((cert === undefined) !== (key === undefined)) command.error('error: --cert and --key need each other')
  for (const [flag, file] of Object.entries({ ca, cert, key })) if (file !== undefined) pemIn(command, flag as 'ca' | 'cert' | 'key', file)
  return {
    ...(insecure !== undefined && { insecure }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

function serverFrom(command: Command, url: string, agent: string | undefined): FuzzingClientConfig['servers'][number] {
  try {
    return readClientConfig(JSON.stringify({ servers: [{ url, ...(agent !== undefined && { agent }) }] })).servers[0]!
  } catch (error) {
    if (!(error instanceof BadConfig)) throw error
    return command.error('error: --url must be an address with ws:// or wss://')
  }
}

async function run(command: Command, options: Parameters<typeof fuzzingClient>[0]): Promise<Report> {
  try {
    return await fuzzingClient(options)
  } catch (error) {
    if (error instanceof NoSuchCase || error instanceof NoReport) return command.error(`error: ${errorSentence(error)}`)
    throw error
  }
}
