import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { demoCommand } from './demo-command.ts'
import { echoCommand } from './echo-command.ts'
import { testsuiteCommand } from './testsuite/testsuite-command.ts'

/** Builds the whole command line: `autobahn-ts demo`, `autobahn-ts echo` and `autobahn-ts testsuite`. */
export function autobahnCommand(): Command {
  return new Command('autobahn-ts')
    .description('WebSocket from the command line.')
    .version(ownVersion(), '-v, --version', 'Shows the version.')
    .helpOption('-h, --help', 'Shows this help.')
    .helpCommand('help [command]', 'Shows the help of a command.')
    .addHelpText('after', '\nTo try it: autobahn-ts demo')
    .showHelpAfterError('(see autobahn-ts --help)')
    .addCommand(demoCommand())
    .addCommand(echoCommand())
    .addCommand(testsuiteCommand())
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
