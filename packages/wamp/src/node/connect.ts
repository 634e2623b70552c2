import {
  type Awaitable,
  anyValue,
  awaitedClock,
  checkOptions,
  nodeRuntime,
  type OptionChecks,
  optionCheck,
  unlessAborted,
} from '@autobahn-ts/websocket'
import { checkClientOptions } from '../client/check-client-options.ts'
import type { Client } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import { partsAtHand } from '../client/late-parts.ts'
import { openClient } from '../client/open-client.ts'
import { JsonSerializer } from '../serializers/json.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { type DialOptions, dialSettings } from './dial-options.ts'
import { dialTransport } from './dial-transport.ts'
import { checkPlaces } from './option-elsewhere.ts'

/** The URL of a router, or a function that makes it for each connection: the place for a token that expires. */
export type RouterUrl = string | (() => Awaitable<string>)

/** Options of the transport: TLS, proxy, headers, limits. */
export type TransportSettings = Omit<DialOptions, 'serializers' | 'signal' | 'onError'>

/** Options of `connect`. */
export interface ConnectOptions extends ClientOptions {
  /** The serializers to offer, best first. Default: JSON. */
  readonly serializers?: readonly Serializer[]
  readonly transport?: TransportSettings
}

/**
 * Connects to a router, joins a realm, and stays connected.
 *
 * - `ws://host`, `wss://host`, `ws+unix:/path`, `wss+unix:/path`: WebSocket.
 * - `rs://host:port`, `rss://host:port` (with TLS), `unix:/path`: RawSocket.
 *
 * Resolves when the first session is open. Rejects where it cannot be opened, unless `retryFirst` is set: with `HandshakeFailed` where the router is
 * not there, with `JoinRefused` where it refuses, with the reason of `signal`, and with `ApiMisuse` for options that do not exist.
 *
 * The type argument is a catalogue: see `Catalogue`.
 */
export async function connect<Api = unknown>(url: RouterUrl, options: ConnectOptions): Promise<Client<Api>> {
  checkPlaces(options)
  checkClientOptions<ConnectMore>(options, connectChecks)
  const { serializers = [new JsonSerializer()], transport = {}, ...rest } = options as ConnectOptions
  // at once, and not in the first try, which may be repeated
  dialSettings({ ...transport, serializers })
  const dial = async (signal: AbortSignal): ReturnType<typeof dialTransport> => {
    return dialTransport(typeof url === 'function' ? await unlessAborted(Promise.resolve().then(url), signal) : url, {
      ...transport,
      serializers,
      signal,
    })
  }
  return openClient<Api>({ dial, clock: awaitedClock(nodeRuntime.clock), checkRequest: checkOptions, late: partsAtHand }, rest)
}

type ConnectMore = Pick<ConnectOptions, 'serializers' | 'transport'>

const connectChecks: OptionChecks<ConnectMore> = {
  serializers: anyValue,
  transport: optionCheck('an object of options of the transport', value => typeof value === 'object' && value !== null),
}
