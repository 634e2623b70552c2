import {
  ApiMisuse,
  type Listener,
  type ListenOptions,
  listenWS,
  permessageDeflate,
  type ServerFactoryOptions,
  type ServerProtocolOptions,
} from '@autobahn-ts/websocket'
import { Command } from 'commander'
import pc from 'picocolors'
import { EchoFactory } from './echo-server.ts'
import { endOnSignals } from './end-on-signals.ts'
import { errorSentence } from './error-sentence.ts'
import { listenProblem } from './listen-problem.ts'
import { optionFlags, protocolOptionsIn } from './option-flags.ts'
import { addedOrigin } from './origin-flag.ts'
import { pemIn } from './pem-file.ts'
import { portFrom } from './port-flag.ts'
import { added } from './repeated-flag.ts'
import { urlPathFrom } from './url-flag.ts'

/** The command `autobahn-ts echo`: a server that sends back every message. */
export function echoCommand(): Command {
  const command = new Command('echo')
    .description('Sends back every message.')
    .option('--port <number>', 'Port to listen on; 0 picks a free one.', portFrom, 9000)
    .option('--host <address>', 'Address to listen on; 0.0.0.0 means all addresses of this machine.', '127.0.0.1')
    .option('--path <path>', 'URL path at which clients connect, such as /chat; others get 404 (default: every path).', urlPathFrom)
    .option('--unix <file>', 'Listens on a Unix socket instead of a port.')
    .option('--cert <file>', 'Certificate (PEM, with its chain) for TLS; needs --key.')
    .option('--key <file>', 'Private key (PEM) for TLS; needs --cert.')
    .option('--protocol <name>', 'Subprotocol to offer; repeatable.', added)
    .option(
      '--allow-origin <origin>',
      'Origin of web pages that may connect, beside those of this server; "*" for any; repeatable.',
      addedOrigin,
    )
    .option(
      '--allow-host <host>',
      'Further host name, beside localhost, under which pages may reach this server at a loopback address; "*" for any; repeatable.',
      added,
    )
    .option('--compress', 'Accepts permessage-deflate from clients that offer it.')
    .option('--verbose', 'Logs each connection on stderr.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts echo --help)')
  for (const flag of optionFlags()) command.addOption(flag)
  return command.action(() => serveEcho(command))
}

interface EchoValues extends Readonly<Record<string, unknown>> {
  readonly port: number
  readonly host: string
  readonly path?: string
  readonly unix?: string
  readonly cert?: string
  readonly key?: string
  readonly protocol?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly allowHost?: readonly string[]
  readonly compress?: boolean
  readonly verbose?: boolean
}

async function serveEcho(command: Command): Promise<void> {
  const values = command.opts<EchoValues>()
  const tls = tlsFiles(command, values)
  const place = placeIn(command, values)
  const listener = await listening(command, values, { ...place, ...(tls && { tls }) })
  const ended = endOnSignals(() => {
    console.log(`closing ${listener.connectionCount} ${listener.connectionCount === 1 ? 'connection' : 'connections'}`)
    return listener.close({ reason: 'the server is stopping' })
  })
  console.log(`${pc.bold('echo')} listens at ${pc.cyan(listener.url)}   ${pc.dim('Ctrl-C stops it')}`)
  await ended
}

function placeIn(command: Command, { unix, host, port }: EchoValues): ListenOptions {
  if (unix === undefined) return { host, port }
  const other = ['host', 'port'].find(name => command.getOptionValueSource(name) === 'cli')
  if (other !== undefined) command.error(`error: --unix listens on a Unix socket and --${other} on the network; use one of them`)
  return { path: unix }
}

function tlsFiles(command: Command, { cert, key }: EchoValues): { cert: Buffer; key: Buffer } | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined) command.error('error: --key needs --cert <file> too')
  if (key === undefined) command.error('error: --cert needs --key <file> too')
  return { cert: pemIn(command, 'cert', cert), key: pemIn(command, 'key', key) }
}

async function listening(command: Command, values: EchoValues, options: ListenOptions): Promise<Listener> {
  try {
    return await listenWS(factoryFor(values), options)
  } catch (error) {
    if (error instanceof ApiMisuse && isOfTls(error.cause))
      return command.error(`error: the certificate and the key cannot be used for TLS: ${errorSentence(error.cause)}`)
    if (error instanceof ApiMisuse) return command.error(`error: ${errorSentence(error)}`)
    return command.error(`error: ${listenProblem(error, options, 'autobahn-ts echo')}`)
  }
}

function factoryFor(values: EchoValues): EchoFactory {
  const options: ServerFactoryOptions = {
    ...(protocolOptionsIn(values) as ServerProtocolOptions),
    ...(values.compress === true && { extensions: [permessageDeflate()] }),
    protocols: values.protocol ?? [],
    allowedOrigins: ['same-origin', ...(values.allowOrigin ?? [])],
    allowedHosts: values.allowHost ?? [],
  }
  const log = values.verbose === true ? (line: string) => console.error(line) : undefined
  return new EchoFactory(values.path, log, options)
}

function isOfTls(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^ERR_(OSSL|SSL|TLS)/.test(String(error.code))
}
