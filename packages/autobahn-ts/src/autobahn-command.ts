import { readFileSync } from 'node:fs'
import { Command } from 'commander'

/** A command as it stands in the list of all, before its code is loaded. */
interface Entry {
  readonly description: string
  load(): Promise<Command>
}

/** The commands. Each is loaded only when it is used, because most of them need code that the others do not. */
const entries: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    'demo',
    {
      description: 'Serves a page to try WebSocket in the browser: echo, chat, and a file hashed as a stream.',
      load: async () => (await import('./demo-command.ts')).demoCommand(),
    },
  ],
  [
    'connect',
    {
      description: 'Connects to a server: sends what you type, and shows what comes.',
      load: async () => (await import('./connect/connect-command.ts')).connectCommand(),
    },
  ],
  ['echo', { description: 'Sends back every message.', load: async () => (await import('./echo-command.ts')).echoCommand() }],
  [
    'bench',
    {
      description: 'Puts load on a server that sends back every message, and measures the round trips.',
      load: async () => (await import('./bench/bench-command.ts')).benchCommand(),
    },
  ],
  [
    'router',
    {
      description: 'Runs a WAMP router: WebSocket, RawSocket and long-poll on one port, and a page that shows who is there.',
      load: async () => (await import('./router/router-command.ts')).routerCommand(),
    },
  ],
  [
    'call',
    {
      description: 'Calls a procedure through a WAMP router, and prints the result.',
      load: async () => (await import('./wamp/call-command.ts')).callCommand(),
    },
  ],
  [
    'publish',
    {
      description: 'Publishes an event through a WAMP router, and waits until it has it.',
      load: async () => (await import('./wamp/publish-command.ts')).publishCommand(),
    },
  ],
  [
    'subscribe',
    {
      description: 'Prints the events of a topic, one line each, until Ctrl-C.',
      load: async () => (await import('./wamp/subscribe-command.ts')).subscribeCommand(),
    },
  ],
  [
    'register',
    {
      description: 'Serves a procedure by a program: it gets the arguments as a line of JSON, and its output is the result.',
      load: async () => (await import('./wamp/register-command.ts')).registerCommand(),
    },
  ],
  [
    'watch',
    {
      description:
        'Shows who and what is in a realm of a running router, and how much goes through it; or one session, message by message.',
      load: async () => (await import('./watch/watch-command.ts')).watchCommand(),
    },
  ],
  [
    'testsuite',
    {
      description: 'Tests WebSocket servers and clients for conformance.',
      load: async () => (await import('./testsuite/testsuite-command.ts')).testsuiteCommand(),
    },
  ],
])

/** Builds the command line for the words that were typed: loads the command that they name, and lists the others. */
export async function autobahnCommand(words: readonly string[]): Promise<Command> {
  const program = new Command('autobahn-ts')
    .description('WebSocket and WAMP from the command line.')
    .version(ownVersion(), '-v, --version', 'Shows the version.')
    .helpOption('-h, --help', 'Shows this help.')
    .helpCommand('help [command]', 'Shows the help of a command.')
    .addHelpText('after', '\nTo try it: autobahn-ts demo')
    .showHelpAfterError('(see autobahn-ts --help)')
    // register hands on the flags of the program that it runs
    .enablePositionalOptions()
  const wanted = words[0] === 'help' ? words[1] : words[0]
  for (const [name, { description, load }] of entries) {
    program.addCommand(name === wanted ? await load() : new Command(name).description(description))
  }
  return program
}

/** Writes `help router check` as `router check --help`, because the command `help` knows the first word alone. */
export function helpAsFlag(words: readonly string[]): string[] {
  const [first, ...command] = words
  return first === 'help' && command.length > 1 ? [...command, '--help'] : [...words]
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
