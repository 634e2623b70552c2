import { Command } from 'commander'
import { fuzzingClientCommand } from './fuzzing-client-command.ts'
import { fuzzingServerCommand } from './fuzzing-server-command.ts'
import { massConnectCommand } from './mass-connect-command.ts'
import { testeeClientCommand, testeeServerCommand } from './testee-commands.ts'

/** `autobahn-ts testsuite`: the conformance suite. */
export function testsuiteCommand(): Command {
  return new Command('testsuite')
    .description('Tests WebSocket servers and clients for conformance.')
    .helpOption('-h, --help', 'Says what can be given here.')
    .helpCommand('help [command]', 'Says what can be given to a command.')
    .showHelpAfterError('(autobahn-ts testsuite --help says what there is)')
    .addCommand(fuzzingClientCommand())
    .addCommand(fuzzingServerCommand())
    .addCommand(testeeServerCommand())
    .addCommand(testeeClientCommand())
    .addCommand(massConnectCommand())
}
