import { Command } from 'commander'
import pc from 'picocolors'
import { errorSentence } from '../error-sentence.ts'
import { secondsUpTo, wholeNumberFrom } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { withTrustHint } from '../tls-flags.ts'
import { urlFrom } from '../url-flag.ts'
import { type WebSocketValues, webSocketFrom, withWebSocketFlags } from '../websocket-flags.ts'
import { echoLoad, type LoadReport } from './echo-load.ts'

/** The command `autobahn-ts bench URL`. */
export function benchCommand(): Command {
  const command = withWebSocketFlags(
    new Command('bench')
      .description('Puts load on a server that sends back every message, and measures the round trips.')
      .argument('<url>', 'Address of the server: ws://, wss:// or ws+unix:.', urlFrom)
      .option('--connections <number>', 'Number of connections.', wholeNumberFrom(1, 10_000), 10)
      .option('--in-flight <number>', 'Messages that wait for their answer on each connection.', wholeNumberFrom(1, 10_000), 1)
      .option('--size <octets>', 'Size of a message.', wholeNumberFrom(1, 16_777_216), 125)
      .option('--binary', 'Sends binary messages in place of text.')
      .option('--duration <seconds>', 'Time to measure.', secondsUpTo(3600), 5)
      .option('--warm-up <seconds>', 'Time before it that is not measured.', secondsUpTo(600), 1)
      .option(
        '--rate <number>',
        'Messages per second over all connections, at fixed times (default: as many as possible).',
        wholeNumberFrom(1, 10_000_000),
      ),
  )
    .option('--json', 'Prints the result as JSON.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts bench --help)')
    .addHelpText(
      'after',
      '\nExit status: 1 where an answer was wrong, a connection was lost, or nothing came back; 130 after Ctrl-C; 0 otherwise.',
    )
  return command.action((url: string) => bench(command, url))
}

interface BenchValues extends WebSocketValues {
  readonly connections: number
  readonly inFlight: number
  readonly size: number
  readonly binary?: boolean
  readonly duration: number
  readonly warmUp: number
  readonly rate?: number
  readonly json?: boolean
}

async function bench(command: Command, url: string): Promise<void> {
  const values = command.opts<BenchValues>()
  const { connections, inFlight, size, duration, warmUp, binary, json, rate } = values
  const connecting = webSocketFrom(command, values)
  if (rate !== undefined && command.getOptionValueSource('inFlight') === 'cli') {
    command.error('error: --rate sends at fixed times and --in-flight waits for answers; use one of them')
  }
  const ending = new AbortController()
  const onSignal = (): void => ending.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const isShown = process.stderr.isTTY === true
  let before = 0
  const onProgress = (answers: number): void => {
    if (isShown) process.stderr.write(`\r\u001b[2K${(answers - before).toLocaleString('en')} per second`)
    before = answers
  }
  const options = {
    url,
    connections,
    inFlight,
    size,
    duration,
    warmUp,
    isBinary: binary === true,
    connecting,
    signal: ending.signal,
    onProgress,
    ...(rate !== undefined && { rate }),
  }
  const report = await echoLoad(options).catch((error: unknown) => {
    if (!ending.signal.aborted) command.error(`error: ${withTrustHint(errorSentence(error))}`)
  })
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  if (isShown) process.stderr.write('\r\u001b[2K')
  if (report === undefined || (ending.signal.aborted && report.answers === 0)) {
    console.error('ended before anything was measured')
    process.exitCode = 130
    return
  }
  console.log(json === true ? JSON.stringify(asJson(values, url, report)) : linesOf(report).join('\n'))
  process.exitCode = ending.signal.aborted ? 130 : report.wrong > 0 || report.lost.size > 0 || report.answers === 0 ? 1 : 0
}

function linesOf({ answers, wrong, lost, seconds, latencies, cpuPerAnswer }: LoadReport): string[] {
  const perSecond = Math.round(answers / seconds).toLocaleString('en')
  const times = percentiles.map(([name, share]) => `${name} ${latencies.percentile(share).toFixed(3)}`)
  const lines = [
    `${pc.bold(`${perSecond} messages per second`)}, ${answers.toLocaleString('en')} in ${seconds.toFixed(1)} s`,
    `round trip, ms: ${[...times, `longest ${latencies.most.toFixed(3)}`].join(', ')}`,
    pc.dim(`CPU of this client: ${cpuPerAnswer.toFixed(1)} µs per message`),
  ]
  if (answers === 0) lines.push(pc.red('no message came back: does the server send back what it gets?'))
  if (wrong > 0) lines.push(pc.red(`${wrong.toLocaleString('en')} answers were not what had been sent`))
  for (const [reason, count] of lost) lines.push(pc.red(`${count} lost: ${printable(reason, 300)}`))
  return lines
}

/** Returns the report for programs, with the flags; without those that may hold a secret. */
function asJson({ header, proxy, ...values }: BenchValues, url: string, report: LoadReport): object {
  const { answers, wrong, lost, seconds, latencies, cpuPerAnswer } = report
  const times = Object.fromEntries(percentiles.map(([name, share]) => [name, latencies.percentile(share)]))
  return {
    url,
    ...values,
    answers,
    wrong,
    lost: Object.fromEntries(lost),
    seconds,
    perSecond: answers / seconds,
    roundTrip: { mean: latencies.mean, ...times, longest: latencies.most },
    cpuPerAnswer,
  }
}

/** The percentiles of the report; in milliseconds, as JSON says them too. */
const percentiles = [
  ['median', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
] as const
