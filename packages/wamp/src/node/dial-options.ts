import {
  ApiMisuse,
  anyValue,
  type ClientProtocolOptions,
  type ConnectOptions,
  checkOptions,
  type OptionChecks,
  optionCheck,
} from '@autobahn-ts/websocket'
import type { Serializer } from '../serializers/serializer.ts'
import type { ReportError } from '../transports/reception.ts'
import { checkedSerializers, type SpokenSerializers } from '../transports/subprotocols.ts'
import { transportOptions } from '../transports/transport-options.ts'
import { resolveTransportOptions, type TransportOptions } from '../transports/transport-settings.ts'

/** Options of dialling a router: how to reach it, what to speak, and the limits of the transport. */
export interface DialOptions extends ConnectOptions, Partial<TransportOptions> {
  /** The serializers to offer, best first. RawSocket offers the first alone. */
  readonly serializers: readonly Serializer[]
  /** Whether to offer the batched forms of WebSocket and long-poll, for routers that have them. Default: false. */
  readonly batched?: boolean
  /** Further fields of the HTTP request, such as `Authorization` or `Cookie`; misuse for RawSocket, which has no request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Further options of the WebSocket layer, such as `extensions: [permessageDeflate()]`, and the `origin` to send, as pages do. */
  readonly websocket?: WebSocketLayerOptions
  /** Takes errors that a listener of the transport has thrown. Default: prints them. */
  readonly onError?: ReportError
}

/** Options of the WebSocket layer below a transport of WAMP. */
type WebSocketLayerOptions = ClientProtocolOptions & { readonly origin?: string }

/** Options of dialling, complete. */
export interface DialSettings {
  readonly connect: ConnectOptions
  readonly limits: TransportOptions
  readonly spoken: SpokenSerializers
  readonly headers: Readonly<Record<string, string>>
  readonly websocket: WebSocketLayerOptions
  readonly onError: ReportError | undefined
}

/** Checks options of dialling and completes them with the defaults. Throws `ApiMisuse`. */
export function dialSettings(options: DialOptions): DialSettings {
  checkOptions<DialOptions>(options ?? null, dialChecks, 'transport')
  const { serializers, batched = false, headers = {}, websocket = {}, onError, ...rest } = options
  const [limits, connect] = divided(rest)
  return {
    connect,
    limits: resolveTransportOptions(limits),
    spoken: { serializers: checkedSerializers(serializers), isBatched: batched },
    headers: checkedHeaders(headers),
    websocket,
    onError,
  }
}

/** Divides options into limits and those of `connectWS`, which checks them. */
function divided(given: ConnectOptions & Partial<TransportOptions>): [Partial<TransportOptions>, ConnectOptions] {
  const limits: [string, unknown][] = []
  const connect: [string, unknown][] = []
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const place = name in transportOptions ? limits : connect
    place.push([name, value])
  }
  return [Object.fromEntries(limits), Object.fromEntries(connect)]
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers))
    if (typeof value !== 'string') throw new ApiMisuse(`option headers must have texts, and ${name} is ${typeof value}`)
  return headers
}

const dialChecks: OptionChecks<DialOptions> = {
  serializers: anyValue,
  batched: optionCheck('true or false', value => typeof value === 'boolean'),
  headers: optionCheck('an object of texts by name', value => typeof value === 'object' && value !== null),
  websocket: optionCheck('an object of options', value => typeof value === 'object' && value !== null),
  onError: optionCheck('a function', value => typeof value === 'function'),
  timeout: anyValue,
  signal: anyValue,
  tls: anyValue,
  localAddress: anyValue,
  proxy: anyValue,
  socket: anyValue,
  clock: anyValue,
  ...transportOptions,
}
