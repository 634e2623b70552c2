import { networkInterfaces } from 'node:os'
import { ApiMisuse, BusError } from '@autobahn-ts/websocket'
import { Command } from 'commander'
import pc from 'picocolors'
import { type Demo, startDemo } from './demo/demo-server.ts'
import { endOnSignals } from './end-on-signals.ts'
import { errorSentence } from './error-sentence.ts'
import { listenProblem } from './listen-problem.ts'
import { portFrom } from './port-flag.ts'
import { added } from './repeated-flag.ts'

/** The command `autobahn-ts demo`, which serves a page to try WebSocket in the browser. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('Serves a page to try WebSocket in the browser: echo, chat, and a file hashed as a stream.')
    .option('--port <number>', 'Port to listen on; 0 picks a free one.', portFrom, 8080)
    .option(
      '--host <address>',
      'Address to listen on; 0.0.0.0 means all addresses of this machine, so that phones in the same network can connect.',
      '127.0.0.1',
    )
    .option(
      '--allow-host <host>',
      'Further host name, beside localhost, under which browsers may open the demo at a loopback address; "*" for any; repeatable.',
      added,
    )
    .option('--nats <url>', 'Address of a NATS server, such as nats://127.0.0.1:4222: all demo servers that use it share one chat.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts demo --help)')
  return command.action(() => serveDemo(command))
}

interface DemoValues {
  readonly host: string
  readonly port: number
  readonly allowHost?: readonly string[]
  readonly nats?: string
}

async function serveDemo(command: Command): Promise<void> {
  const place = command.opts<DemoValues>()
  // Node takes an empty name for all addresses of the machine.
  if (place.host === '') command.error('error: --host must not be empty; 0.0.0.0 means all addresses of this machine')
  const demo = await started(command, place)
  const ended = endOnSignals(() => {
    console.log(
      `\nClosing ${demo.connectionCount} ${demo.connectionCount === 1 ? 'connection' : 'connections'}. Ctrl-C again ends at once.`,
    )
    return demo.close()
  })
  console.log(startText(demo, place.host))
  await ended
}

async function started(command: Command, place: DemoValues): Promise<Demo> {
  try {
    return await startDemo({ ...place, allowedHosts: place.allowHost ?? [] })
  } catch (error) {
    if (error instanceof ApiMisuse || error instanceof BusError) return command.error(`error: ${errorSentence(error)}`)
    return command.error(`error: ${listenProblem(error, place, 'autobahn-ts demo')}`)
  }
}

function startText({ url, port }: Demo, host: string): string {
  const others = wildcards.has(host) ? networkAddresses().map(address => `http://${address}:${port}/`) : []
  return [
    '',
    `  ${pc.bold('Autobahn for TypeScript')} ${pc.dim('· the demo')}`,
    '',
    `  Open   ${pc.cyan(url)}`,
    ...others.map(other => `         ${pc.cyan(other)}`),
    '',
    `  ${pc.dim('/echo')}    sends back what you type and shows how long it took`,
    `  ${pc.dim('/chat')}    sends what you write to every tab that has the page open`,
    `  ${pc.dim('/upload')}  hashes a file while it arrives`,
    '',
    `  ${pc.dim(others.length > 0 ? 'Ctrl-C stops it.' : 'Ctrl-C stops it. With --host 0.0.0.0 a phone in your network can open it too.')}`,
    '',
  ].join('\n')
}

function networkAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::'])
