import {
  asError,
  BusError,
  type BusHandler,
  type BusSubscription,
  type ClosableBus,
  checkOptions,
  type KeepingBus,
  type KeptHistory,
  type KeptSubject,
  LinkedBus,
  type Octets,
  type OptionChecks,
  optionCheck,
  someFunction,
} from '@autobahn-ts/websocket/portable'
import { AuthorizationError, type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node'
import { type HistoryOptions, historyChecks } from '../history/history-options.ts'
import type { Gap } from '../wire/gap-watch.ts'
import type { NatsCounters } from './nats-counters.ts'
import { NatsLink } from './nats-link.ts'

/** The options of a bus over NATS. */
export interface NatsBusOptions {
  /** The addresses of NATS servers. Default: `nats://127.0.0.1:4222`. */
  readonly servers?: string | readonly string[]
  /** A connection that the application has, in place of `servers` and `nats`. It stays open when the bus is closed. */
  readonly connection?: NatsClient
  /**
   * The first tokens of all subjects on NATS: letters, digits, `_` and `-`, with dots between tokens, at most 128. Buses of different prefixes
   * do not reach each other. Default: `autobahn`.
   */
  readonly prefix?: string
  /** The largest message that is sent or accepted, in octets. Larger than NATS' `max_payload` it is cut, and joined. Default: 17 MiB. */
  readonly maxMessageSize?: number
  /** The options of the streams in which messages are kept, for channels with `history`. They apply to streams that the bus makes. */
  readonly history?: HistoryOptions
  /** Further options of the NATS client. */
  readonly nats?: NatsClientOptions
  /**
   * Called where messages of others did not arrive, with their subject. NATS delivers at most once; what was on its way when a link or a
   * process ended is lost. Default: they are counted only.
   */
  readonly onGap?: (gap: Gap) => void
  /** Called with errors that have no recipient: what handlers throw, what NATS refuses, messages that were dropped. Default: prints them. */
  readonly onError?: (error: Error) => void
}

/**
 * A connection of the NATS client: a `NatsConnection` of `@nats-io/transport-node`. Only a part of it stands here, because the types of that
 * package do not compile with `exactOptionalPropertyTypes`.
 */
export interface NatsClient {
  flush(): Promise<void>
  getServer(): string
  isClosed(): boolean
}

/** Options of the NATS client: those that most need, and all others of its `ConnectionOptions`. */
export interface NatsClientOptions {
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  /** The results of `credsAuthenticator`, `nkeyAuthenticator` and the like of the client. */
  readonly authenticator?: unknown
  /** `ca`, `cert` and `key`, or files with them as `caFile`, `certFile` and `keyFile`. */
  readonly tls?: Readonly<Record<string, string | boolean>> | null
  /** Milliseconds for a connection to be made. Default: 3,000. */
  readonly timeout?: number
  readonly [option: string]: unknown
}

/** A bus over NATS: one participant. */
export interface NatsBus extends ClosableBus, KeepingBus {
  /** The numbers of what the bus has done so far. */
  readonly counters: NatsCounters
}

/**
 * Makes a bus over NATS for channels that span machines.
 *
 * While NATS cannot be reached, `isConnected` is `false`, `publish` rejects at once and keeps nothing, and `subscribe` waits. When NATS comes
 * back, subscriptions are there again. A link that is dead without a sign is found within 3 s; what was published meanwhile may be lost.
 *
 * Rejects with `ApiMisuse` for wrong options, and with `BusError` where NATS cannot be reached or refuses the connection.
 */
export async function natsBus(options: NatsBusOptions = {}): Promise<NatsBus> {
  checkOptions<NatsBusOptions>(options, natsBusOptions, 'natsBus')
  checkOptions<HistoryOptions>(options.history, historyChecks, 'history')
  const { connection, prefix = defaultPrefix } = options
  return new BusOverNats(isConnection(connection) ? connection : await connected(options, prefix), options)
}

/** A `LinkedBus` with the counters of its link. */
class BusOverNats implements NatsBus {
  readonly #link: NatsLink
  readonly #bus: LinkedBus

  constructor(connection: NatsConnection, options: NatsBusOptions) {
    const { prefix = defaultPrefix, maxMessageSize = defaultMaxMessageSize, onError, onGap } = options
    const failed = reporting(onError)
    this.#link = new NatsLink(connection, {
      prefix,
      maxMessageSize,
      history: options.history ?? {},
      ownsConnection: options.connection === undefined,
      failed,
      gap: gap => {
        try {
          onGap?.(gap)
        } catch (error) {
          failed(error)
        }
      },
      deliver: (subject, octets, pattern) => this.#bus.deliver(subject, octets, pattern),
    })
    this.#bus = new LinkedBus(this.#link, failed)
  }

  get isConnected(): boolean {
    return this.#bus.isConnected
  }

  get counters(): NatsCounters {
    return { ...this.#link.counters }
  }

  publish(subject: string, octets: Octets): Promise<void> {
    return this.#bus.publish(subject, octets)
  }

  subscribe(pattern: string, handler: BusHandler): Promise<BusSubscription> {
    return this.#bus.subscribe(pattern, handler)
  }

  keep(subject: string, history: KeptHistory): KeptSubject {
    return this.#link.keep(subject, history)
  }

  close(): Promise<void> {
    return this.#bus.close()
  }
}

async function connected({ servers = defaultServer, nats = {} }: NatsBusOptions, prefix: string): Promise<NatsConnection> {
  try {
    const others: object = nats
    const given: ConnectionOptions = others
    return await connect({
      timeout: 3000,
      reconnectTimeWait: 250,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      ...given,
      servers: typeof servers === 'string' ? servers : [...servers],
      noEcho: true,
      inboxPrefix: `${prefix}._INBOX`,
    })
  } catch (thrown) {
    const cause = asError(thrown)
    const reason = cause instanceof AuthorizationError ? 'refused' : 'unreachable'
    throw new BusError(reason, `there is no connection to NATS: ${cause.message}`, { cause })
  }
}

/** Returns a function that passes errors to `onError`, or prints them, and never throws. */
function reporting(onError: ((error: Error) => void) | undefined): (thrown: unknown) => void {
  return thrown => {
    try {
      if (onError === undefined) console.error(thrown)
      else onError(asError(thrown))
    } catch (error) {
      console.error(error)
    }
  }
}

function isConnection(value: unknown): value is NatsConnection {
  if (typeof value !== 'object' || value === null) return false
  return ['publish', 'subscribe', 'flush', 'status', 'reconnect', 'closed'].every(name => typeof Reflect.get(value, name) === 'function')
}

function isPrefix(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 128 && /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(value)
}

function areServers(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(each => typeof each === 'string'))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

const natsBusOptions: OptionChecks<NatsBusOptions> = {
  servers: optionCheck('the address of a server, or several', areServers),
  connection: optionCheck(
    'a connection of @nats-io/transport-node',
    value => isObject(value) && typeof (value as NatsConnection).flush === 'function',
  ),
  prefix: optionCheck('tokens of letters, digits, _ and -, with dots between them, at most 128 characters', isPrefix),
  maxMessageSize: optionCheck(
    'a whole number of octets above 0',
    value => Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 32,
  ),
  history: optionCheck('an object with replicas, storage and maxSize', isObject),
  nats: optionCheck('an object with options of the NATS client', isObject),
  onGap: someFunction,
  onError: someFunction,
}

const defaultPrefix = 'autobahn'
const defaultServer = 'nats://127.0.0.1:4222'
/** More than the default of `maxBusMessageSize`, by the octets around a message. */
const defaultMaxMessageSize = 17 * 1024 * 1024
