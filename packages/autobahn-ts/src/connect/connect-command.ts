import { setTimeout as wait } from 'node:timers/promises'
import { type CloseInfo, type Connection, type ConnectionOptions, connect } from '@autobahn-ts/websocket'
import { Command } from 'commander'
import pc from 'picocolors'
import { errorSentence } from '../error-sentence.ts'
import { secondsFromZeroTo, secondsUpTo } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { withTrustHint } from '../tls-flags.ts'
import { urlFrom } from '../url-flag.ts'
import { type WebSocketValues, webSocketFrom, withWebSocketFlags } from '../websocket-flags.ts'
import { exitStatus } from './exit-status.ts'
import { type Input, pipedInput, terminalInput } from './input.ts'
import { shownOnTerminal, writtenToPipe } from './output.ts'
import { TrafficCounts } from './traffic-counts.ts'

/** The command `autobahn-ts connect URL`. */
export function connectCommand(): Command {
  const command = withWebSocketFlags(
    new Command('connect')
      .description('Connects to a server: sends what you type, and shows what comes. Piped in, each line is a message.')
      .argument('<url>', 'Address of the server: ws://, wss:// or ws+unix:.', urlFrom),
  )
    .option('--binary', 'Sends lines as binary messages, and writes received octets to a pipe as they are.')
    .option('--ping [seconds]', 'Sends a ping every so many seconds (default: 10), and shows how long it took.', secondsUpTo(86_400))
    .option('--reconnect', 'Connects again when the connection is lost.')
    .option('--wait <seconds>', 'Time to wait for messages when piped input has ended.', secondsFromZeroTo(86_400), 1)
    .option('--stats', 'Prints at the end how much was sent and received.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts connect --help)')
    .addHelpText('after', exitStatuses)
  return command.action((url: string) => talk(command, url))
}

interface ConnectValues extends WebSocketValues {
  readonly binary?: boolean
  readonly ping?: number | true
  readonly reconnect?: boolean
  readonly wait: number
  readonly stats?: boolean
}

async function talk(command: Command, url: string): Promise<void> {
  const values = command.opts<ConnectValues>()
  const ending = new AbortController()
  const ws = await opened(command, url, values, ending.signal)
  note(`connected${ws.subprotocol === '' ? '' : `, subprotocol ${printable(ws.subprotocol)}`}`)
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  const input = isTerminal
    ? terminalInput(process.stdin, process.stdout)
    : pipedInput(process.stdin, line => void process.stdout.write(line))
  const counts = new TrafficCounts(performance.now())
  const onSignal = (): void => {
    input.close()
    void ws.close()
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  // the program that reads the messages has ended
  process.stdout.once('error', onSignal)
  const pings = pinging(ws, values, counts, ending.signal)
  const receiving = receive(ws, input, isTerminal, values, counts)
  await send(ws, input, isTerminal, values, counts)
  const end = await ws.closed
  ending.abort()
  await Promise.all([receiving, pings])
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  noteEnd(end)
  if (values.stats === true) for (const line of counts.lines(performance.now())) note(line)
  process.exitCode = exitStatus(end)
}

async function opened(command: Command, url: string, values: ConnectValues, signal: AbortSignal): Promise<Connection> {
  try {
    return await connect(url, { ...optionsFrom(command, values), signal })
  } catch (error) {
    return command.error(`error: ${withTrustHint(errorSentence(error))}`)
  }
}

function optionsFrom(command: Command, values: ConnectValues): ConnectionOptions {
  return {
    ...webSocketFrom(command, values),
    ...(values.reconnect === true && {
      reconnect: { onLost: ({ reason, retryIn }) => note(`lost (${printable(reason)}), next try in ${retryIn} ms`) },
    }),
  }
}

async function receive(ws: Connection, input: Input, isTerminal: boolean, { binary }: ConnectValues, counts: TrafficCounts): Promise<void> {
  try {
    for await (const message of ws) {
      counts.received(message)
      if (isTerminal) input.print(shownOnTerminal(message))
      else if (!process.stdout.write(writtenToPipe(message, binary === true))) await drained()
    }
  } catch {
    // the end of the connection is told by `closed`
  }
  // no more input is sent
  input.close()
}

async function send(ws: Connection, input: Input, isTerminal: boolean, values: ConnectValues, counts: TrafficCounts): Promise<void> {
  for await (const line of input) {
    const message = values.binary === true ? Buffer.from(line) : line
    try {
      await ws.send(message)
      counts.sent(message)
    } catch (error) {
      if (ws.closeInfo !== undefined) return
      note(`not sent: ${errorSentence(error)}`)
    }
  }
  if (!isTerminal && values.wait > 0) {
    const isOver = new AbortController()
    await Promise.race([wait(values.wait * 1000, undefined, { signal: isOver.signal }).catch(() => {}), ws.closed])
    // the timer would keep the process alive
    isOver.abort()
  }
  await ws.close()
}

async function pinging(ws: Connection, { ping }: ConnectValues, counts: TrafficCounts, signal: AbortSignal): Promise<void> {
  if (ping === undefined) return
  const every = ping === true ? 10 : ping
  while (!signal.aborted) {
    try {
      const roundTrip = await ws.ping()
      counts.pinged(roundTrip)
      note(`ping: ${roundTrip.toFixed(1)} ms`)
      await wait(every * 1000, undefined, { signal })
    } catch {
      // between two connections, and at the end
      await wait(every * 1000, undefined, { signal }).catch(() => {})
    }
  }
}

function noteEnd({ code, reason, wasClean }: CloseInfo): void {
  const why = reason === '' ? '' : `: ${printable(reason)}`
  note(wasClean ? `closed with ${code}${why}` : `the connection was lost (${code})${why}`)
}

/** Tells about the connection on stderr, so that stdout has the messages alone. */
function note(text: string): void {
  process.stderr.write(`${pc.dim(text)}\n`)
}

/** Waits until the reader of stdout has taken what was written, or has gone. */
function drained(): Promise<void> {
  const { stdout } = process
  return new Promise(resolve => {
    const settle = (): void => {
      stdout.off('drain', settle).off('close', settle)
      resolve()
    }
    if (stdout.destroyed) return resolve()
    stdout.on('drain', settle).on('close', settle)
  })
}

const exitStatuses = `
Exit status: 0 where the connection closed with 1000, 1001 or no code; 1 where it could not be opened;
2 to 15 for the codes 1002 to 1015; 30 for 3000 to 3999; 40 for 4000 to 4999.`
