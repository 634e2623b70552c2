import { spawn } from 'node:child_process'
import { type Invocation, result, WampError } from '@autobahn-ts/wamp'
import { Command, InvalidArgumentError, Option } from 'commander'
import { endOnSignals } from '../end-on-signals.ts'
import { printable } from '../printable.ts'
import { clientFrom, exitStatusesOfLasting, note, revocation, sentenceOf, untilGivenUp, withClientFlags } from './client-flags.ts'
import { isProgram } from './is-program.ts'
import { lineOf, valueFrom } from './values.ts'

/** The command `autobahn-ts register URL PROCEDURE PROGRAM …`. */
export function registerCommand(): Command {
  const command = withClientFlags(
    new Command('register').description(
      'Serves a procedure by a program: it gets the arguments as a line of JSON, and its output is the result.',
    ),
  )
    .argument('<procedure>', 'URI of the procedure, or a pattern.')
    .argument('<program>', 'Program that is run for each call; options stand before the address.', programFrom)
    .argument('[words...]', 'Its arguments.')
    .addOption(new Option('--match <policy>', 'How the procedure is meant.').choices(['exact', 'prefix', 'wildcard']).default('exact'))
    .addOption(
      new Option('--invoke <policy>', 'Which callee gets a call, where there are several.')
        .choices(['single', 'roundrobin', 'random', 'first', 'last'])
        .default('single'),
    )
    .option('--progress', 'Sends each line of output as it comes, where the caller asks for progress.')
    .passThroughOptions()
    .showHelpAfterError('(see autobahn-ts register --help)')
    .addHelpText('after', exitStatusesOfLasting)
  return command.action((url: string, procedure: string, program: string, words: readonly string[]) =>
    register(command, url, procedure, program, words),
  )
}

/** Refuses an option in the place of the program: what stands there is the program's own, so the option would have no effect. */
function programFrom(text: string): string {
  if (!text.startsWith('-')) return text
  throw new InvalidArgumentError('Options stand before the address, and the program follows the procedure without "--".')
}

interface RegisterValues {
  readonly match: 'exact' | 'prefix' | 'wildcard'
  readonly invoke: 'single' | 'roundrobin' | 'random' | 'first' | 'last'
  readonly progress?: boolean
}

async function register(command: Command, url: string, procedure: string, program: string, words: readonly string[]): Promise<void> {
  const { match, invoke, progress } = command.opts<RegisterValues>()
  if (!isProgram(program)) command.error(`error: there is no program ${printable(program)}${program.includes('/') ? '' : ' on the PATH'}`)
  const client = await clientFrom(command, url, true)
  const { onRevoked, revoked } = revocation('registration')
  const run = (invocation: Invocation) => outputOf(program, words, invocation)
  try {
    await client.untyped.register(procedure, progress === true ? invocation => lines(program, words, invocation) : run, {
      match,
      invoke,
      onRevoked,
    })
    const signalled = endOnSignals(async () => {})
    note(`registered ${printable(procedure)}`)
    await Promise.race([signalled, revoked, untilGivenUp(client)])
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exitCode = error instanceof WampError ? 2 : 1
  }
  await client.close()
}

/** Runs the program, and answers with its output: one line as one value, several as several. */
async function outputOf(program: string, words: readonly string[], invocation: Invocation): Promise<unknown> {
  const values: unknown[] = []
  for await (const value of lines(program, words, invocation)) values.push(value)
  return values.length === 1 ? values[0] : result(values)
}

async function* lines(program: string, words: readonly string[], { args, kwargs, signal }: Invocation): AsyncGenerator<unknown> {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], signal })
  // a call that is cancelled ends the program, which is an `error` of the process; `close` follows
  let problem: Error | undefined
  child.on('error', error => {
    problem = error
  })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  // a program that does not read its input is not an error
  child.stdin.on('error', () => {})
  child.stdin.end(`${lineOf({ args, kwargs })}\n`)
  let rest = ''
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout as AsyncIterable<string>) {
    const all = (rest + text).split('\n')
    rest = all.pop() ?? ''
    for (const line of all) yield valueFrom(line)
  }
  if (rest !== '') yield valueFrom(rest)
  const code = await ended
  if (problem !== undefined) throw new WampError('wamp.error.runtime_error', [problem.message])
  if (code !== 0) throw new WampError('wamp.error.runtime_error', [`the program ended with ${code}`])
}
