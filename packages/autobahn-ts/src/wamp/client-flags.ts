import { readFileSync } from 'node:fs'
import {
  type AuthMethod,
  type Client,
  connect,
  cryptosign,
  JoinRefused,
  JsonSerializer,
  type Loss,
  type RestoreFailure,
  type Serializer,
  scram,
  type TransportSettings,
  ticket,
  WampError,
  wampcra,
} from '@autobahn-ts/wamp'
import { type Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { errorSentence } from '../error-sentence.ts'
import { secondsUpTo } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { type RequestValues, requestFrom, withRequestFlags } from '../request-flags.ts'
import { withTrustHint } from '../tls-flags.ts'
import { lineOf, valueFrom } from './values.ts'

/** The values of the flags that all commands of a client have. */
export interface ClientValues extends RequestValues {
  readonly realm: string
  readonly auth?: string
  readonly user?: string
  readonly secret?: string
  readonly serializer: 'json' | 'msgpack' | 'cbor'
  readonly timeout: number
}

/** Adds the flags and the address that all commands of a client have. */
export function withClientFlags(command: Command): Command {
  return withRequestFlags(
    command
      .argument('<url>', 'Address of the router: ws://, wss://, rs://, rss://, unix: or http://HOST/lp for long-poll.', routerUrlFrom)
      .option('--realm <name>', 'Realm to join.', 'realm1')
      .addOption(new Option('--auth <method>', 'Method of authentication.').choices(['ticket', 'wampcra', 'scram', 'cryptosign']))
      .option('--user <name>', 'Name to join under.')
      .option('--secret <file>', 'File with the ticket, secret, password or private key; its first line. "-" is the variable WAMP_SECRET.')
      .addOption(new Option('--serializer <name>', 'Serializer.').choices(['json', 'msgpack', 'cbor']).default('json')),
  )
    .option('--timeout <seconds>', 'Time to connect.', secondsUpTo(3600), 10)
    .helpOption('-h, --help', 'Shows this help.')
}

/** The help about the exit status of `call` and `publish`. */
export const exitStatusesOfRequest = `
Exit status: 0 where the router has answered; 2 where the router or a procedure answered an error; 1 where it could not be asked;
130 where Ctrl-C came first.`

/** The help about the exit status of `subscribe` and `register`. */
export const exitStatusesOfLasting = `
Exit status: 0 after Ctrl-C, and where all was done; 2 where the router answered an error; 1 where it could not be asked, takes back
what this command has, or does not take it back after a loss.`

/** Connects as the flags say. Ends the program with one sentence where that is not possible. */
export async function clientFrom(command: Command, url: string, isLasting: boolean): Promise<Client> {
  const values = command.opts<ClientValues>()
  const auth = authFrom(command, values)
  const transport = transportFrom(command, url, values)
  const serializers = [await serializerFrom(values.serializer)]
  // the signal of a client ends it at any time, so its timer ends when the client is there
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`the router has not answered within ${values.timeout} s`)), values.timeout * 1000)
  try {
    return await connect(url, {
      realm: values.realm,
      serializers,
      ...(auth && { auth }),
      transport,
      ...(isLasting ? { onLost: noteLoss, onRestoreFailed: noteRefusal } : { reconnect: false }),
      signal: late.signal,
    } as Parameters<typeof connect>[1])
  } catch (error) {
    return command.error(`error: ${withTrustHint(sentenceOf(error))}`)
  } finally {
    clearTimeout(timer)
  }
}

/** Returns the options of the transport that the flags ask for. Ends the program where the transport of the address has no use for a flag. */
function transportFrom(command: Command, url: string, values: ClientValues): TransportSettings {
  const { headers = [], origin, proxy, tls } = requestFrom(command, values)
  const isRawSocket = /^(rss?:|unix:)/.test(url)
  const isLongPoll = /^https?:/.test(url)
  if (isRawSocket && (headers.length > 0 || origin !== undefined))
    command.error(`error: --header and --origin are for HTTP requests, and RawSocket (${printable(url)}) has none`)
  if (isLongPoll && proxy !== undefined) command.error(`error: --proxy is not for long-poll (${printable(url)})`)
  // a request of long-poll has no option for its origin, and a field does the same
  const fields = isLongPoll && origin !== undefined ? [...headers, ['Origin', origin] as const] : headers
  return {
    ...(fields.length > 0 && { headers: combined(fields) }),
    ...(!isLongPoll && origin !== undefined && { websocket: { origin } }),
    ...(proxy !== undefined && { proxy }),
    ...(tls && { tls }),
  }
}

/** Combines fields of one name into one, with commas between their values (RFC 9110 §5.3), because a transport takes a name once. */
function combined(fields: readonly (readonly [name: string, value: string])[]): Record<string, string> {
  const byName = new Map<string, [name: string, value: string]>()
  for (const [name, value] of fields) {
    const before = byName.get(name.toLowerCase())
    if (before === undefined) byName.set(name.toLowerCase(), [name, value])
    else before[1] += `, ${value}`
  }
  return Object.fromEntries(byName.values())
}

/**
 * Waits for the end of a lasting client that nobody has closed: it has given up, because the router would refuse it again. Rejects then, and says
 * so.
 */
export async function untilGivenUp(client: Client): Promise<never> {
  await client.closed
  throw new Error('the router does not take this client back')
}

/** Makes the option `onRevoked`, and a promise that rejects when the router takes back what it is for. */
export function revocation(what: string): { readonly onRevoked: (reason: string | undefined) => void; readonly revoked: Promise<never> } {
  let onRevoked = (_: string | undefined): void => {}
  const revoked = new Promise<never>((_, reject) => {
    onRevoked = reason => reject(new Error(`the router has taken the ${what} back${reason === undefined ? '' : `: ${reason}`}`))
  })
  revoked.catch(() => undefined)
  return { onRevoked, revoked }
}

function noteLoss({ reason, message, retryIn }: Loss): void {
  note(`lost (${printable(reason ?? message)})${retryIn === undefined ? '' : ', trying again'}`)
}

function noteRefusal({ kind, uri, error }: RestoreFailure): void {
  note(`the ${kind} of ${printable(uri)} could not be made again: ${sentenceOf(error)}`)
}

/** Writes to stderr, so that stdout has the results alone. */
export function note(text: string): void {
  process.stderr.write(`${pc.dim(text)}\n`)
}

/** Reads a keyword argument: `name=value`. */
export function keywordFrom(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const sign = text.indexOf('=')
  if (sign < 1) throw new InvalidArgumentError('It must be name=value.')
  return { ...before, [text.slice(0, sign)]: valueFrom(text.slice(sign + 1)) }
}

/** Explains an error in one line: one of a procedure or of the router by its URI and its arguments. */
export function sentenceOf(error: unknown): string {
  return errorSentence(error instanceof JoinRefused ? refusal(error) : error instanceof WampError ? failure(error) : error, 1000)
}

function refusal({ uri, details: { message } }: JoinRefused): string {
  return `the router refused: ${typeof message === 'string' && message !== '' ? `${message} (${uri})` : uri}`
}

function failure({ uri, args }: WampError): string {
  return args.length > 0 ? `${uri} ${lineOf(args)}` : uri
}

function authFrom(command: Command, { auth, user, secret }: ClientValues): AuthMethod | undefined {
  if (auth === undefined) {
    if (user !== undefined || secret !== undefined) command.error('error: --user and --secret need --auth, which says how they are used')
    return undefined
  }
  if (secret === undefined) return command.error(`error: --auth ${auth} needs --secret <file>`)
  const text = secretFrom(command, secret)
  if (auth === 'cryptosign') {
    if (!/^[\da-f]{64}$/i.test(text)) command.error(`error: --secret ${secret} is not a private key for cryptosign: 64 letters of hex`)
    return cryptosign(text, user === undefined ? {} : { authid: user })
  }
  if (user === undefined) return command.error(`error: --auth ${auth} needs --user <name>`)
  return auth === 'ticket' ? ticket(user, text) : auth === 'wampcra' ? wampcra(user, text) : scram(user, text)
}

function secretFrom(command: Command, file: string): string {
  if (file === '-') return process.env.WAMP_SECRET ?? command.error('error: --secret - needs the variable WAMP_SECRET')
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? ''
  } catch (error) {
    return command.error(`error: --secret ${file} cannot be read: ${errorSentence(error)}`)
  }
}

async function serializerFrom(name: ClientValues['serializer']): Promise<Serializer> {
  if (name === 'json') return new JsonSerializer()
  const { CborSerializer, MsgpackSerializer } = await import('@autobahn-ts/wamp/protocol')
  return name === 'msgpack' ? new MsgpackSerializer() : new CborSerializer()
}

function routerUrlFrom(text: string): string {
  if (/^(wss?|rss?|https?):\/\/./.test(text) || /^(ws\+unix|wss\+unix|unix):./.test(text)) return text
  throw new InvalidArgumentError(`It must be the address of a router, such as ws://127.0.0.1:8080.`)
}
