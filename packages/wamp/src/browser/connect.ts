import { browserClock, retryWhenOnline } from '@autobahn-ts/websocket/browser'
import { type Awaitable, anyValue, type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'
import type { Client } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import { checkClientOptions, openClient } from '../client/open-client.ts'
import { JsonSerializer } from '../serializers/json.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { type DialOptions, dialTransport } from './dial-transport.ts'

/** The URL of a router, which may be relative to the page, or a function that makes it for each connection. */
export type RouterUrl = string | (() => Awaitable<string>)

/** Options of the transport: limits, and the class of the platform's `WebSocket`. */
export type TransportSettings = Omit<DialOptions, 'serializers' | 'signal' | 'onError'>

/** Options of `connect`. */
export interface ConnectOptions extends ClientOptions {
  /** The serializers to offer, best first. Default: JSON. */
  readonly serializers?: readonly Serializer[]
  readonly transport?: TransportSettings
}

/**
 * Connects to a router, joins a realm, and stays connected, as on Node. The URL is `ws:`, `wss:`, relative to the page, or `http:` and `https:` for
 * long-poll.
 *
 * A page cannot ping, so `heartbeat` is 30,000 ms where it is not given. When the browser is online again, the next try does not wait for its time.
 *
 * The type argument is a catalogue: see `Catalogue`.
 */
export async function connect<Api = unknown>(url: RouterUrl, options: ConnectOptions): Promise<Client<Api>> {
  checkClientOptions<ConnectMore>(options, connectChecks)
  const { serializers = [new JsonSerializer()], transport = {}, heartbeat = 30_000, ...rest } = options as ConnectOptions
  const dial = async (signal: AbortSignal): ReturnType<typeof dialTransport> => {
    return dialTransport(typeof url === 'function' ? await url() : url, { ...transport, serializers, signal })
  }
  const client = await openClient<Api>({ dial, clock: browserClock }, { ...rest, heartbeat })
  retryWhenOnline(client)
  return client
}

type ConnectMore = Pick<ConnectOptions, 'serializers' | 'transport'>

const connectChecks: OptionChecks<ConnectMore> = {
  serializers: anyValue,
  transport: /* @__PURE__ */ optionCheck('an object of options of the transport', value => typeof value === 'object' && value !== null),
}
