import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, SessionClosed } from '@autobahn-ts/wamp'
import { Command } from 'commander'
import { endOnSignals } from '../end-on-signals.ts'
import { secondsUpTo, wholeNumberFrom } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { type ClientValues, clientFrom, note, sentenceOf, withClientFlags } from '../wamp/client-flags.ts'
import type { Presenter } from './presenter.ts'
import { RealmSource } from './realm-source.ts'
import { Screen } from './screen.ts'
import { ShownAsLines } from './shown-as-lines.ts'
import { ShownOnScreen } from './shown-on-screen.ts'
import { traceSession } from './trace-session.ts'

/** The command `autobahn-ts watch URL`. */
export function watchCommand(): Command {
  const command = withClientFlags(
    new Command('watch').description(
      'Shows who and what is in a realm of a running router, and how much goes through it; or one session, message by message.',
    ),
  )
    .option('--interval <seconds>', 'Time between two readings of the counters.', secondsUpTo(3600), 1)
    .option('--count <number>', 'Number of readings after which it ends.', wholeNumberFrom(1, 1e9))
    .option('--lines', 'Writes lines of JSON in a terminal too, as it does in a pipe.')
    .option('--session <id>', 'Shows the messages of one session, until it ends.', wholeNumberFrom(1, Number.MAX_SAFE_INTEGER))
    .option('--payload <characters>', 'With --session: how much of each payload is shown; 0 shows none.', wholeNumberFrom(0, 65_536))
    .option('--rate <messages>', 'With --session: how many messages are shown in a second (default: 1000).', wholeNumberFrom(1, 10_000))
    .addHelpText('after', help)
    .showHelpAfterError('(see autobahn-ts watch --help)')
  return command.action((url: string) => watch(command, url))
}

interface WatchValues extends ClientValues {
  readonly interval: number
  readonly count?: number
  readonly lines?: boolean
  readonly session?: number
  readonly payload?: number
  readonly rate?: number
}

async function watch(command: Command, url: string): Promise<void> {
  const values = command.opts<WatchValues>()
  const { session, payload = 0, rate = 1000 } = values
  checkTogether(command, values)
  const isScreen = process.stdout.isTTY === true && values.lines !== true
  const client = await clientFrom(command, url, session === undefined)
  const ending = new AbortController()
  void endOnSignals(async () => ending.abort())
  // the program that reads the lines has ended
  process.stdout.once('error', () => ending.abort())
  try {
    if (session !== undefined)
      process.exitCode = await traceSession(client.untyped, { session, payload, rate, isJson: !isScreen }, ending.signal)
    else process.exitCode = await watchRealm(client, { ...values, url, signal: ending.signal }, isScreen)
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exitCode = 1
  }
  await client.close()
}

/** Ends the program where a flag stands beside another one that it does not go with. */
function checkTogether(command: Command, { session, payload, rate, count }: WatchValues): void {
  if (session === undefined && payload !== undefined)
    command.error(`error: --payload ${payload} needs --session <id>: it is about its messages`)
  if (session === undefined && rate !== undefined) command.error(`error: --rate ${rate} needs --session <id>: it is about its messages`)
  if (session !== undefined && count !== undefined)
    command.error(`error: --count ${count} is for readings of the counters, and --session ${session} has none; use one of them`)
}

interface RealmWatch extends WatchValues {
  readonly url: string
  readonly signal: AbortSignal
}

/** Shows a realm until the signal is aborted, or so many readings are done. Returns the exit status. */
async function watchRealm(client: Client, watch: RealmWatch, isScreen: boolean): Promise<number> {
  const source = new RealmSource(client.untyped)
  const clocks = { today: () => Date.now(), now: () => performance.now() }
  const presenter: Presenter = isScreen
    ? new ShownOnScreen(client, source, { ...watch, ...clocks, screen: new Screen(process.stdout) })
    : new ShownAsLines(source, { ...clocks, print: line => console.log(line) })
  const leave = (): void => presenter.leave()
  // a second Ctrl-C ends the program at once, and the terminal has to be as it was
  process.once('exit', leave)
  try {
    return await readings(client, source, presenter, watch)
  } finally {
    process.off('exit', leave)
    leave()
  }
}

async function readings(client: Client, source: RealmSource, presenter: Presenter, watch: RealmWatch): Promise<number> {
  const { count = Number.POSITIVE_INFINITY, interval, realm, signal } = watch
  await source.listen(event => presenter.happened(event))
  for (let n = 1; ; n++) {
    await presenter.read().catch(ignoreLoss)
    if (n === 1 && !source.hasAnswered) {
      presenter.leave()
      const role = client.session?.authrole ?? 'anonymous'
      console.error(`error: --realm ${printable(realm)}: the role ${printable(role)} may see nothing of it (see autobahn-ts watch --help)`)
      return 2
    }
    if (n === 1 && source.missing.length > 0) note(`not shown, because the role may not: ${printable(source.missing.join(', '), 1000)}`)
    if (signal.aborted || n >= count) return 0
    if (await endsWithin(interval * 1000, client, signal)) {
      if (signal.aborted) return 0
      presenter.leave()
      console.error(`error: --realm ${printable(realm)}: the session was lost, and the router takes no other one`)
      return 1
    }
  }
}

/** Waits for a time. Resolves with true, and before the time is over, where the signal is aborted or the client is closed. */
async function endsWithin(milliseconds: number, client: Client, signal: AbortSignal): Promise<boolean> {
  const late = new AbortController()
  const time = sleep(milliseconds, false, { signal: AbortSignal.any([signal, late.signal]) }).catch(() => true)
  const hasEnded = await Promise.race([time, client.closed.then(() => true)])
  late.abort()
  return hasEnded
}

/** The client connects again by itself. */
function ignoreLoss(error: unknown): void {
  if (!(error instanceof SessionClosed)) throw error
}

const help = `
It shows what the role of its session may see. All of it needs a role that may call wamp.session.get_traffic, wamp.session.list,
wamp.session.get, wamp.subscription.*, wamp.registration.*, and subscribe to wamp.*; --session needs wamp.session.trace.
A router without a config gives that to everybody with autobahn-ts router --watchable.
Exit status: 0 after Ctrl-C, and where all was done; 2 where the role may see nothing, or there is no such session; 1 where the router could not be asked.`
