import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { ConfigProblems, type RouterConfig, type RouterListener } from '@autobahn-ts/router'
import { ApiMisuse } from '@autobahn-ts/websocket'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { endOnSignals } from '../end-on-signals.ts'
import { errorSentence } from '../error-sentence.ts'
import { listenProblem } from '../listen-problem.ts'
import { wholeNumberFrom } from '../number-flag.ts'
import { portFrom } from '../port-flag.ts'
import { printable } from '../printable.ts'
import { watchableRealm } from './watchable-realm.ts'

/** The command `autobahn-ts router`, and those below it. */
export function routerCommand(): Command {
  const command = new Command('router')
    .description('Runs a WAMP router: WebSocket, RawSocket and long-poll on one port, and a page that shows who is there.')
    .option('--config <file>', "Config, in JSON or YAML; also Crossbar's config.json, as far as it means the same.")
    .option('--port <number>', 'Port to listen on without a config; 0 picks a free one.', portFrom, 8080)
    .option('--host <address>', 'Address to listen on without a config; 0.0.0.0 means all addresses of this machine.', '127.0.0.1')
    .option('--realm <name>', 'Realm to have without a config; everybody may join it.', 'realm1')
    .option('--watchable', 'Without a config: lets everybody see who and what is there, by autobahn-ts watch; for development.')
    .addOption(
      new Option('--log-level <level>', 'Lines of log on stderr.')
        .choices(['silent', 'error', 'warn', 'info', 'debug', 'trace'])
        .default('warn'),
    )
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts router --help)')
    .addHelpText(
      'after',
      '\nSIGHUP reads the config again. Ctrl-C and SIGTERM wait for the calls that run, and end with status 0.\nExit status: 1 where it could not start.',
    )
    .action(() => run(command))
  return command.addCommand(checkCommand()).addCommand(schemaCommand()).addCommand(hashCommand())
}

interface RouterValues {
  readonly config?: string
  readonly port: number
  readonly host: string
  readonly realm: string
  readonly watchable?: boolean
  readonly logLevel: NonNullable<RouterConfig['logLevel']>
}

async function run(command: Command): Promise<void> {
  const values = command.opts<RouterValues>()
  const { pinoLog, RouterProgram } = await import('@autobahn-ts/router/program')
  const config = withLogLevel(command, await configFrom(command, values))
  const log = pinoLog(config.logLevel ?? values.logLevel)
  const program = await RouterProgram.start(config, log).catch((error: unknown) => {
    if (error instanceof ApiMisuse) return command.error(`error: ${errorSentence(error)}`)
    return command.error(`error: ${listenProblem(error, { host: values.host, port: values.port }, 'autobahn-ts router')}`)
  })
  const onHangUp = (): void => void reload(command, program, values, log)
  process.on('SIGHUP', onHangUp)
  const ended = endOnSignals(async () => {
    console.log('\nWaiting for calls, and ending the sessions. Ctrl-C again ends at once.')
    await program.close()
  })
  console.log(startText(program.listeners, config))
  await ended
  process.off('SIGHUP', onHangUp)
}

/** Reads the config again. One with mistakes changes nothing. */
async function reload(
  command: Command,
  program: { reload(config: RouterConfig): Promise<void> },
  values: RouterValues,
  log: { error(details: object, text: string): void; warn(text: string): void },
): Promise<void> {
  try {
    if (values.config === undefined) return
    const { config, remarks } = await readFile(values.config)
    for (const { line, column, message } of remarks) log.warn(`${values.config}:${line}:${column}: ${message}`)
    const logged = withLogLevel(command, config)
    if (config.logLevel !== undefined && config.logLevel !== logged.logLevel)
      log.warn(`logLevel of the config does not count, because of --log-level ${logged.logLevel}`)
    await program.reload(logged)
  } catch (error) {
    log.error({ err: error }, 'the config was not taken')
  }
}

/** Returns the config with the level of the log that counts: that of the flag, else that of the config, else the default of the flag. */
function withLogLevel(command: Command, config: RouterConfig): RouterConfig {
  const { logLevel } = command.opts<RouterValues>()
  return { ...config, logLevel: command.getOptionValueSource('logLevel') === 'cli' ? logLevel : (config.logLevel ?? logLevel) }
}

async function configFrom(command: Command, values: RouterValues): Promise<RouterConfig> {
  if (values.config === undefined) {
    return {
      realms: { [values.realm]: values.watchable === true ? watchableRealm : {} },
      listeners: [{ host: values.host, port: values.port }],
    }
  }
  const other = ['port', 'host', 'realm', 'watchable'].find(name => command.getOptionValueSource(name) === 'cli')
  if (other !== undefined)
    command.error(`error: --config says everything, and --${other} is for a router without a config; use one of them`)
  const { config, remarks } = await checkedFile(command, values.config, `--config ${values.config}`)
  for (const { line, column, message } of remarks) console.error(pc.yellow(`${values.config}:${line}:${column}: ${printable(message)}`))
  return config
}

/** Reads a config, and ends the program where it cannot be used; `name` is what the user wrote. */
async function checkedFile(command: Command, file: string, name: string): ReturnType<typeof readFile> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof ConfigProblems)
      return command.error(
        error.message
          .split('\n')
          .map(line => `error: ${errorSentence(line)}`)
          .join('\n'),
      )
    return command.error(`error: ${name} cannot be read: ${errorSentence(error)}`)
  }
}

async function readFile(file: string) {
  const { besideConfig, doubtsAbout, isCrossbarConfig, readConfig, readCrossbarConfig } = await import('@autobahn-ts/router/program')
  const text = readFileSync(file, 'utf8')
  if (isCrossbarConfig(text, file)) {
    const { config, ignored } = readCrossbarConfig(text, file)
    return { config: besideConfig(config, dirname(file)), remarks: ignored }
  }
  const config = readConfig(text, file)
  return { config, remarks: doubtsAbout(config, text, file) }
}

/** Writes what is there and what to try. What this config does not have is left out, so that every line can be followed. */
function startText(listeners: readonly RouterListener[], config: RouterConfig): string {
  const [first] = listeners
  const realms = Object.keys(config.realms)
  const url = first?.url ?? ''
  const realm = realms[0] ?? ''
  const hasPage = first?.port !== undefined && config.page !== false && config.listeners?.[0]?.static?.['/'] === undefined
  const page = !hasPage ? [] : [`  ${pc.dim('who is there')}  ${pc.cyan(new URL('/', url.replace(/^ws/, 'http')).href)}`]
  const isOpen = config.realms[realm]?.auth === undefined && config.realms[realm]?.roles === undefined
  const flag = realm === 'realm1' ? '' : ` --realm ${realm}`
  return [
    '',
    `  ${pc.bold('WAMP router')} ${pc.dim(`· ${realms.length === 1 ? 'realm' : 'realms'} ${realms.join(', ')}`)}`,
    '',
    ...listeners.flatMap(({ urls }) => [
      `  WebSocket     ${pc.cyan(urls.webSocket)}`,
      ...(urls.rawSocket === undefined ? [] : [`  RawSocket     ${pc.cyan(urls.rawSocket)}`]),
      ...(urls.longPoll === undefined ? [] : [`  long-poll     ${pc.cyan(urls.longPoll)}`]),
    ]),
    ...page,
    '',
    ...(isOpen
      ? [
          `  ${pc.dim('In another terminal:')}`,
          `    autobahn-ts subscribe ${url} com.example.tick${flag}`,
          `    autobahn-ts publish ${url} com.example.tick 1${flag}`,
          '',
        ]
      : []),
    `  ${pc.dim('Ctrl-C stops it.')}`,
    '',
  ].join('\n')
}

function checkCommand(): Command {
  const command = new Command('check')
    .description('Checks a config and the files that it names, and says with line and column what is wrong.')
    .argument('<file>', 'The config, in JSON or YAML.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts router check --help)')
    .addHelpText('after', '\nExit status: 0 where a router would start by the config, 1 where it would not.')
  return command.action(async (file: string) => {
    // what is wrong from here on is in the file, and the help says nothing about it
    command.showHelpAfterError(false)
    const { config, remarks } = await checkedFile(command, file, file)
    const { checkConfig } = await import('@autobahn-ts/router/program')
    try {
      checkConfig(config)
    } catch (error) {
      command.error(`error: ${file}: ${errorSentence(error)}`)
    }
    for (const { line, column, message } of remarks) console.log(pc.yellow(`${file}:${line}:${column}: ${printable(message)}`))
    const realms = Object.keys(config.realms).length
    console.log(`${file} is a config of ${realms} ${realms === 1 ? 'realm' : 'realms'}`)
  })
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('Prints the JSON schema of configs, for editors.')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts router schema --help)')
    .action(async () => {
      const { jsonSchema } = await import('@autobahn-ts/router/program')
      console.log(JSON.stringify(jsonSchema(), undefined, 2))
    })
}

function hashCommand(): Command {
  const command = new Command('hash')
    .description('Reads a password from standard input, and prints what a config keeps in its place.')
    .addOption(new Option('--method <name>', 'Method of authentication.').choices(['scram', 'wampcra']).default('scram'))
    .addOption(new Option('--kdf <name>', 'Function that derives keys, for scram.').choices(['pbkdf2', 'argon2id13']).default('pbkdf2'))
    .option('--iterations <number>', 'Rounds (default: 100,000; 3 for argon2id13).', wholeNumberFrom(1, 10_000_000))
    .option('--memory <KiB>', 'Memory for argon2id13.', wholeNumberFrom(8, 1_048_576), 65_536)
    .option('--role <name>', 'Role of the user.', 'user')
    .helpOption('-h, --help', 'Shows this help.')
    .showHelpAfterError('(see autobahn-ts router hash --help)')
  return command.action(() => hash(command))
}

interface HashValues {
  readonly method: 'scram' | 'wampcra'
  readonly kdf: 'pbkdf2' | 'argon2id13'
  readonly iterations?: number
  readonly memory: number
  readonly role: string
}

async function hash(command: Command): Promise<void> {
  const { method, kdf, memory, role, ...values } = command.opts<HashValues>()
  const iterations = values.iterations ?? (kdf === 'argon2id13' && method === 'scram' ? 3 : 100_000)
  const password = await passwordFrom(process.stdin.isTTY === true)
  if (password === '') command.error('error: the password is empty; type it, or pipe it in')
  const { base64, craKey, scramCredential } = await import('@autobahn-ts/wamp/protocol')
  const salt = base64(crypto.getRandomValues(new Uint8Array(16)))
  if (method === 'wampcra') {
    const { key, ...derivation } = await craKey(password, salt, iterations)
    console.log(JSON.stringify({ secret: key, ...derivation, role }, undefined, 2))
    return
  }
  const derivation = { kdf, salt, iterations, ...(kdf === 'argon2id13' && { memory }) }
  const credential = await scramCredential(password, derivation).catch((error: unknown) => command.error(`error: ${errorSentence(error)}`))
  console.log(JSON.stringify({ ...credential, role }, undefined, 2))
}

/** Reads a line; on a terminal without showing what is typed. */
async function passwordFrom(isTerminal: boolean): Promise<string> {
  if (isTerminal) process.stderr.write('Password: ')
  const reader = createInterface({ input: process.stdin, terminal: isTerminal })
  for await (const line of reader) {
    reader.close()
    if (isTerminal) process.stderr.write('\n')
    return line
  }
  return ''
}
