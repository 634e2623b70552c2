import { type MassConnectReport, massConnect } from '@autobahn-ts/testsuite'
import { Command } from 'commander'
import pc from 'picocolors'
import { wholeNumberFrom } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { type TlsValues, tlsFrom, withTlsFlags } from '../tls-flags.ts'
import { urlFrom } from '../url-flag.ts'

/** The command `autobahn-ts testsuite massconnect`, which measures how many connections a server accepts, and how fast. */
export function massConnectCommand(): Command {
  const command = withTlsFlags(
    new Command('massconnect')
      .description('Opens many connections to a server, keeps them until the last one is open, and reports how fast they opened.')
      .requiredOption('--url <address>', 'Address of the server, with ws:// or wss://.', urlFrom)
      .option('--connections <number>', 'Number of connections.', wholeNumberFrom(1, 100_000), 1000)
      .option('--rate <number>', 'Number of connections to begin per second (default: as many as possible).', wholeNumberFrom(1, 100_000))
      .option(
        '--at-once <number>',
        'Number of opening handshakes that may be in progress at the same time.',
        wholeNumberFrom(1, 10_000),
        100,
      ),
  )
    .option('--json', 'Prints the result as JSON.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite massconnect --help)')
    .addHelpText('after', '\nExit status: 0 where all connections opened and stayed, 1 where one did not; 130 after Ctrl-C.')
  return command.action(() => connect(command))
}

interface MassConnectValues extends TlsValues {
  readonly url: string
  readonly connections: number
  readonly rate?: number
  readonly atOnce: number
  readonly json?: boolean
}

async function connect(command: Command): Promise<void> {
  const values = command.opts<MassConnectValues>()
  const { url, connections, rate, atOnce, json } = values
  const tls = tlsFrom(command, values)
  const ending = new AbortController()
  const onSignal = (): void => ending.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const isShown = process.stdout.isTTY === true && json !== true
  const step = Math.max(1, Math.floor(connections / 100))
  const onConnection = (done: number): void => {
    if (isShown && done % step === 0) process.stdout.write(`\r\u001b[2K${done}/${connections}`)
  }
  const report = await massConnect({
    url,
    connections,
    atOnce,
    onConnection,
    signal: ending.signal,
    ...(rate !== undefined && { rate }),
    ...(tls && { tls }),
  })
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  if (isShown) process.stdout.write('\r\u001b[2K')
  console.log(json === true ? JSON.stringify({ url, ...report }) : linesOf(report).join('\n'))
  process.exitCode = ending.signal.aborted ? 130 : report.opened < connections || report.lost > 0 ? 1 : 0
}

function linesOf({ wanted, opened, failures, lost, elapsed, perSecond, timeToOpen }: MassConnectReport): string[] {
  const lines = [
    `${pc.bold(`${opened} of ${wanted}`)} connections opened in ${(elapsed / 1000).toFixed(2)} s, ${perSecond.toFixed(0)} per second`,
  ]
  if (timeToOpen !== undefined) {
    const { shortest, median, p90, p99, longest } = timeToOpen
    const times = { shortest, median, '90 %': p90, '99 %': p99, longest }
    lines.push(
      `time to open, ms: ${Object.entries(times)
        .map(([name, time]) => `${name} ${time.toFixed(1)}`)
        .join(', ')}`,
    )
  }
  if (lost > 0) lines.push(pc.red(`${lost} ended before all were open`))
  return [...lines, ...failures.map(({ reason, count }) => pc.red(`${count} failed: ${printable(reason, 300)}`))]
}
