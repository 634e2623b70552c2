import { testeeClient, testeeServer } from '@autobahn-ts/testsuite'
import { Command } from 'commander'
import pc from 'picocolors'
import { endOnSignals } from '../end-on-signals.ts'
import { errorSentence } from '../error-sentence.ts'
import { listenProblem } from '../listen-problem.ts'
import { pemIn } from '../pem-file.ts'
import { portFrom } from '../port-flag.ts'
import { printable } from '../printable.ts'
import { concurrencyFrom } from './case-flags.ts'

/** The command `autobahn-ts testsuite testee-server`: this library as a server to be tested. */
export function testeeServerCommand(): Command {
  const command = new Command('testee-server')
    .description('Runs this library as a server to be tested: an echo server.')
    .option('--port <number>', 'Port to listen on; 0 picks a free one.', portFrom, 9001)
    .option('--host <address>', 'Address to listen on; 0.0.0.0 means all addresses of this machine.', '127.0.0.1')
    .option('--cert <file>', 'Certificate (PEM, with its chain) for TLS; needs --key.')
    .option('--key <file>', 'Private key (PEM) for TLS; needs --cert.')
    .option('--ca <file>', 'A certificate (PEM); clients need a certificate that it signed.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite testee-server --help)')
  return command.action(() => serve(command))
}

/** The command `autobahn-ts testsuite testee-client`: this library as a client to be tested. */
export function testeeClientCommand(): Command {
  const command = new Command('testee-client')
    .description('Runs this library as a client to be tested: plays all cases of a fuzzing server.')
    .option('--url <address>', 'Address of the fuzzing server.', 'ws://127.0.0.1:9001')
    .option('--agent <name>', 'Name of this client in reports.', 'autobahn-ts')
    .option('--concurrency <number>', 'Number of cases to ask for at the same time.', concurrencyFrom, 8)
    .option('--insecure', 'Accepts any certificate of a fuzzing server with wss://.')
    .option('--ca <file>', 'A certificate (PEM) that may have signed that of the server.')
    .option('--cert <file>', 'The certificate of the client (PEM); needs --key.')
    .option('--key <file>', 'The private key (PEM) for --cert.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite testee-client --help)')
  return command.action(() => test(command))
}

interface TlsValues {
  readonly cert?: string
  readonly key?: string
  readonly ca?: string
  readonly insecure?: true
}

async function serve(command: Command): Promise<void> {
  const { host, port, ...values } = command.opts<TlsValues & { readonly host: string; readonly port: number }>()
  const tls = tlsFrom(command, values)
  if (tls.ca !== undefined && tls.cert === undefined) command.error('error: --ca needs --cert and --key')
  const place = { host, port, ...(tls.cert !== undefined && { tls: { ...tls, requestCert: tls.ca !== undefined } }) }
  const listener = await testeeServer(place).catch(error =>
    command.error(`error: ${listenProblem(error, place, 'autobahn-ts testsuite testee-server')}`),
  )
  const ended = endOnSignals(async () => void (await listener.close()))
  console.log(`${pc.bold('testee')} listens at ${pc.cyan(listener.url)}   ${pc.dim('Ctrl-C stops it')}`)
  await ended
}

/** Reads the files that flags name. */
function tlsFrom(command: Command, { cert, key, ca }: TlsValues): { cert?: Buffer; key?: Buffer; ca?: Buffer } {
  if ((cert === undefined) !== (key === undefined)) command.error('error: --cert and --key need each other')
  return {
    ...(cert !== undefined && { cert: pemIn(command, 'cert', cert) }),
    ...(key !== undefined && { key: pemIn(command, 'key', key) }),
    ...(ca !== undefined && { ca: pemIn(command, 'ca', ca) }),
  }
}

async function test(command: Command): Promise<void> {
  const values = command.opts<TlsValues & { readonly url: string; readonly agent: string; readonly concurrency: number }>()
  const { agent, concurrency, insecure = false } = values
  const url = values.url.replace(/\/+$/, '')
  const tls = { ...tlsFrom(command, values), rejectUnauthorized: !insecure }
  const count = await testeeClient({ url, agent, concurrency, ...(url.startsWith('wss:') && { tls }) }).catch((error: unknown) =>
    command.error(`error: the cases of ${printable(url)} cannot be run: ${errorSentence(error)}`),
  )
  console.log(`ran ${count} cases; the report is with the fuzzing server`)
}
