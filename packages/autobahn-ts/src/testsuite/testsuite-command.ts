import { Command } from 'commander'
import { fuzzingClientCommand } from './fuzzing-client-command.ts'
import { fuzzingServerCommand } from './fuzzing-server-command.ts'
import { massConnectCommand } from './mass-connect-command.ts'
import { testeeClientCommand, testeeServerCommand } from './testee-commands.ts'

/** The command `autobahn-ts testsuite`: the conformance suite. */
export function testsuiteCommand(): Command {
  return new Command('testsuite')
    .description('Tests WebSocket servers and clients for conformance.')
    .helpOption('-h, --help', 'Shows this help.')
    .helpCommand('help [command]', 'Shows the help of a command.')
    .showHelpAfterError('(see autobahn-ts testsuite --help)')
    .addCommand(fuzzingClientCommand())
    .addCommand(fuzzingServerCommand())
    .addCommand(testeeServerCommand())
    .addCommand(testeeClientCommand())
    .addCommand(massConnectCommand())
}
