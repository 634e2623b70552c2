import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { demoCommand } from './demo-command.ts'
import { echoCommand } from './echo-command.ts'
import { testsuiteCommand } from './testsuite/testsuite-command.ts'

/** The whole command line: `autobahn-ts demo`, `autobahn-ts echo` and `autobahn-ts testsuite`. */
export function autobahnCommand(): Command {
  return new Command('autobahn-ts')
    .description('WebSocket from the command line.')
    .version(ownVersion(), '-v, --version', 'Says which version this is.')
    .helpOption('-h, --help', 'Says what can be given here.')
    .helpCommand('help [command]', 'Says what can be given to a command.')
    .addHelpText('after', '\nBegin with: autobahn-ts demo')
    .showHelpAfterError('(autobahn-ts --help says what there is)')
    .addCommand(demoCommand())
    .addCommand(echoCommand())
    .addCommand(testsuiteCommand())
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
