import { testeeClient, testeeServer } from '@autobahn-ts/testsuite'
import { Command } from 'commander'
import pc from 'picocolors'
import { endOnSignals } from '../end-on-signals.ts'
import { listenProblem } from '../listen-problem.ts'
import { portFrom } from '../port-flag.ts'
import { printable } from '../printable.ts'
import { concurrencyFrom } from './case-flags.ts'

/** `autobahn-ts testsuite testee-server`: this library as a server to be tested. */
export function testeeServerCommand(): Command {
  const command = new Command('testee-server')
    .description('This library as a server to be tested: it echoes.')
    .option('--port <number>', 'Port to listen on; 0 takes any that is free.', portFrom, 9001)
    .option('--host <address>', 'Address to listen on; 0.0.0.0 is all of this machine.', '127.0.0.1')
    .helpOption('-h, --help', 'Says what can be given here.')
    .showHelpAfterError('(autobahn-ts testsuite testee-server --help says what there is)')
  return command.action(() => serve(command))
}

/** `autobahn-ts testsuite testee-client`: this library as a client to be tested. */
export function testeeClientCommand(): Command {
  const command = new Command('testee-client')
    .description('This library as a client to be tested: runs all cases of a fuzzing server.')
    .option('--url <address>', 'The fuzzing server.', 'ws://127.0.0.1:9001')
    .option('--agent <name>', 'How reports call it.', 'autobahn-ts')
    .option('--concurrency <number>', 'How many cases it asks for at once.', concurrencyFrom, 8)
    .helpOption('-h, --help', 'Says what can be given here.')
    .showHelpAfterError('(autobahn-ts testsuite testee-client --help says what there is)')
  return command.action(() => test(command))
}

async function serve(command: Command): Promise<void> {
  const place = command.opts<{ readonly host: string; readonly port: number }>()
  const listener = await testeeServer(place).catch(error =>
    command.error(`error: ${listenProblem(error, place, 'autobahn-ts testsuite testee-server')}`),
  )
  console.log(`${pc.bold('testee')} listens at ${pc.cyan(listener.url)}   ${pc.dim('Ctrl-C ends it')}`)
  await endOnSignals(async () => void (await listener.close()))
}

async function test(command: Command): Promise<void> {
  const options = command.opts<{ readonly url: string; readonly agent: string; readonly concurrency: number }>()
  const url = options.url.replace(/\/+$/, '')
  const count = await testeeClient({ ...options, url }).catch((error: unknown) =>
    command.error(
      `error: the cases of ${printable(url)} cannot be run: ${printable(error instanceof Error ? error.message : String(error))}`,
    ),
  )
  console.log(`ran ${count} cases; the report is with the fuzzing server`)
}
