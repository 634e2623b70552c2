import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TlsOptions } from 'node:tls'
import {
  CborSerializer,
  type CookieIssuer,
  checkedSerializers,
  JsonSerializer,
  type MessageTransport,
  MsgpackSerializer,
  type ReportError,
  resolveTransportOptions,
  type Serializer,
  type SpokenSerializers,
  type TransportOptions,
  transportOptions,
} from '@autobahn-ts/wamp/protocol'
import {
  ApiMisuse,
  type AttachOptions,
  anyValue,
  type Clock,
  checkOptions,
  checkSocketPath,
  type DeadlineClock,
  nodeRuntime,
  type OptionChecks,
  optionCheck,
  type ServerProtocolOptions,
} from '@autobahn-ts/websocket'
import { reporting } from '@autobahn-ts/websocket/portable'

/** Takes transports that clients have opened: a router. */
export interface Acceptor {
  accept(transport: MessageTransport): void
  /** The issuer of cookies, where clients are known again by them. */
  readonly cookies?: CookieIssuer | undefined
}

/** Options of the transports of a router, however their connections come. */
export interface FrontOptions extends Partial<TransportOptions> {
  /** The serializers that the router speaks. Default: JSON, MessagePack and CBOR. */
  readonly serializers?: readonly Serializer[]
  /** Whether clients may use the batched forms of WebSocket and long-poll. Default: true. */
  readonly batched?: boolean
  /** The paths of WebSocket, as `attachWS` has them. Default: any. */
  readonly path?: NonNullable<AttachOptions['path']>
  /** The path below which long-poll is served; `false` serves none. Default: `/lp`. */
  readonly longPoll?: string | false
  /** The number of connections at once, and of long-poll transports; more are refused. Default: 50,000. */
  readonly maxConnections?: number
  /** Further options of the WebSocket layer: extensions, `allowedOrigins` and `allowedHosts`, which hold for long-poll too, trusted proxies. */
  readonly websocket?: ServerProtocolOptions
  /** The clock of all deadlines. Octets move in real time all the same. Default: the time of the global timers. */
  readonly clock?: DeadlineClock
  /** Takes errors that nobody else is told of. Default: prints them. */
  readonly onError?: ReportError
}

/** Options of listening. */
export interface ListenOptions extends FrontOptions {
  /** The address or name to listen at. Default: `127.0.0.1`, so that only this machine can connect. */
  readonly host?: string
  /** The port; 0 takes any free one. Default: 8080. */
  readonly port?: number
  /** The path of a Unix socket, in place of host and port: 107 octets at most on Linux, 103 on macOS and BSD. */
  readonly socketPath?: string
  /**
   * Certificate, key, and other options of `tls.createServer`. With `requestCert` and `ca`, a session may join by the certificate of its client
   * (`details.certificate`); with `rejectUnauthorized: false`, clients without one may connect too.
   */
  readonly tls?: TlsOptions
  /** The number of connections that may wait to be accepted. Default: 511. */
  readonly backlog?: number
  /** Whether RawSocket is served. Default: true. */
  readonly rawSocket?: boolean
  /** Answers HTTP requests that are neither WebSocket nor long-poll. Default: 404. What it throws, or its promise rejects with, is answered with 500. */
  readonly request?: (request: IncomingMessage, response: ServerResponse) => void
  /** A signal. Aborted before the router listens, `listen` rejects with its reason; aborted later, the listener closes. */
  readonly signal?: AbortSignal
}

/** Options of the transports of a router, complete. */
export interface FrontSettings {
  readonly spoken: SpokenSerializers
  readonly limits: TransportOptions
  readonly path: AttachOptions['path']
  readonly longPoll: string | undefined
  readonly maxConnections: number
  readonly websocket: ServerProtocolOptions
  readonly deadlines: DeadlineClock | undefined
  readonly clock: Clock
  readonly onError: ReportError
}

/** Checks options of listening. Throws `ApiMisuse`. */
export function checkListenOptions(options: ListenOptions): void {
  checkOptions<ListenOptions>(options, listenChecks, 'listen')
  const { host, port, socketPath, tls } = options
  if (socketPath !== undefined && (host !== undefined || port !== undefined))
    throw new ApiMisuse('the option socketPath excludes host and port')
  if (socketPath !== undefined) checkSocketPath(socketPath)
  const hasCertificate = tls === undefined || tls.cert !== undefined || tls.pfx !== undefined || tls.SNICallback !== undefined
  if (!hasCertificate) throw new ApiMisuse('the option tls has no certificate: give cert and key, pfx, or SNICallback')
}

/** Checks options of `attach`. Throws `ApiMisuse`. */
export function checkFrontOptions(options: FrontOptions): void {
  checkOptions<FrontOptions>(options, frontChecks, 'attach')
}

/** Completes options with the defaults. */
export function frontSettings(options: FrontOptions): FrontSettings {
  const { serializers, batched = true, path, longPoll = '/lp', maxConnections = 50_000, websocket = {}, clock, onError } = options
  const limits = Object.entries(options).filter(([name, value]) => name in transportOptions && value !== undefined)
  return {
    spoken: { serializers: checkedSerializers(serializers ?? defaultSerializers()), isBatched: batched },
    limits: resolveTransportOptions(Object.fromEntries(limits)),
    path,
    longPoll: longPoll === false ? undefined : longPoll.replace(/\/+$/, ''),
    maxConnections,
    websocket,
    deadlines: clock,
    clock: clockOn(clock),
    onError: reporting(onError),
  }
}

function defaultSerializers(): readonly Serializer[] {
  return [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()]
}

function clockOn(deadlines: DeadlineClock | undefined): Clock {
  const { clock } = nodeRuntime
  if (deadlines === undefined) return clock
  return { ...clock, now: () => deadlines.now(), schedule: (callback, delay) => deadlines.schedule(callback, delay) }
}

const someFunction = optionCheck('a function', value => typeof value === 'function')
const trueOrFalse = optionCheck('true or false', value => typeof value === 'boolean')
const someObject = optionCheck('an object of options', value => typeof value === 'object' && value !== null && !Array.isArray(value))
const someText = optionCheck('a string that is not empty', value => typeof value === 'string' && value !== '')

const frontChecks: OptionChecks<FrontOptions> = {
  serializers: anyValue,
  batched: trueOrFalse,
  path: anyValue,
  longPoll: optionCheck('a path as requests have it, from its slash on, or false', value => value === false || isPath(value)),
  maxConnections: optionCheck('a whole number above 0', value => Number.isSafeInteger(value) && (value as number) > 0),
  websocket: someObject,
  clock: optionCheck('a clock, with the methods now and schedule', isClock),
  onError: someFunction,
  ...transportOptions,
}

const listenChecks: OptionChecks<ListenOptions> = {
  host: someText,
  port: optionCheck('a port from 0 to 65535', value => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535),
  socketPath: someText,
  tls: someObject,
  backlog: optionCheck('a whole number', value => Number.isSafeInteger(value) && (value as number) >= 0),
  rawSocket: trueOrFalse,
  request: someFunction,
  signal: optionCheck('an AbortSignal', value => typeof value === 'object' && value !== null && 'aborted' in value),
  ...frontChecks,
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/[\w\-.~/%]+$/.test(value)
}

function isClock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'now' in value && 'schedule' in value
}
