import { type MassConnectReport, massConnect } from '@autobahn-ts/testsuite'
import { Command } from 'commander'
import pc from 'picocolors'
import { wholeNumberFrom } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { urlFrom } from '../url-flag.ts'

/** The command `autobahn-ts testsuite massconnect`, which measures how many connections a server accepts, and how fast. */
export function massConnectCommand(): Command {
  const command = new Command('massconnect')
    .description('Opens many connections to a server, keeps them until the last one is open, and reports how fast they opened.')
    .requiredOption('--url <address>', 'Address of the server, with ws:// or wss://.', urlFrom)
    .option('--connections <number>', 'Number of connections.', wholeNumberFrom(1, 100_000), 1000)
    .option('--rate <number>', 'Number of connections to begin per second (default: as many as possible).', wholeNumberFrom(1, 100_000))
    .option('--at-once <number>', 'Number of opening handshakes that may be in progress at the same time.', wholeNumberFrom(1, 10_000), 100)
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts testsuite massconnect --help)')
  return command.action(() => connect(command))
}

async function connect(command: Command): Promise<void> {
  const { url, connections, rate, atOnce } = command.opts<{
    readonly url: string
    readonly connections: number
    readonly rate?: number
    readonly atOnce: number
  }>()
  const ending = new AbortController()
  const onSignal = (): void => ending.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const step = Math.max(1, Math.floor(connections / 100))
  const onConnection = (done: number): void => {
    if (process.stdout.isTTY === true && done % step === 0) process.stdout.write(`\r\u001b[2K${done}/${connections}`)
  }
  const report = await massConnect({ url, connections, atOnce, onConnection, signal: ending.signal, ...(rate !== undefined && { rate }) })
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  if (process.stdout.isTTY === true) process.stdout.write('\r\u001b[2K')
  for (const line of linesOf(report)) console.log(line)
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
