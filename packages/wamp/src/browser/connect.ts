import { browserClock, retryWhenOnline } from '@autobahn-ts/websocket/browser'
import { type Awaitable, surelyFit, type Test, unlessAborted } from '@autobahn-ts/websocket/portable'
import { briefCheck } from '../client/brief-check.ts'
import type { Client } from '../client/client.ts'
import { type ClientSettings, clientDefaults } from '../client/client-defaults.ts'
import type { ClientOptions } from '../client/client-options.ts'
import type { LateClientParts } from '../client/late-parts.ts'
import { loadAuthentication } from '../client/load-authentication.ts'
import { LoadedLate } from '../client/loaded-late.ts'
import { openClient } from '../client/open-client.ts'
import { clientRule } from '../messages/client-rules.ts'
import { CompactJsonSerializer } from '../serializers/compact-json.ts'
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
  if (options?.realm === undefined || !surelyFit<PlainOptions>(options, tests))
    (await import('./connect-checks.ts')).checkConnectOptions(options)
  const { serializers = [new CompactJsonSerializer(clientRule)], transport = {}, heartbeat = 30_000, ...rest } = options
  const dial = async (signal: AbortSignal): ReturnType<typeof dialTransport> => {
    const address = typeof url === 'function' ? await unlessAborted(Promise.resolve().then(url), signal) : url
    return dialTransport(address, { ...transport, serializers, signal })
  }
  const client = await openClient<Api>({ dial, clock: browserClock, checkRequest: briefCheck, late }, { ...rest, heartbeat })
  retryWhenOnline(client)
  return client
}

const late: LateClientParts = /* @__PURE__ */ Object.assign(
  new LoadedLate(async () => (await import('../client/late-parts.ts')).lateParts),
  {
    authentication: loadAuthentication,
  },
)

const isFunction: Test = value => typeof value === 'function'
const isMethod: Test = value => {
  const { begin, name } = (value ?? {}) as { readonly begin?: unknown; readonly name?: unknown }
  return isFunction(begin) && typeof name === 'string'
}
/** Numbers that every option takes. Others, such as 0, are for the full check to decide. */
const isCount: Test = value => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1e9

type PlainOptions = Omit<ConnectOptions, 'passthru' | 'resumption' | 'signal' | 'transport'>

/** The options that most pages set, each with a test for the values that it surely takes (decision 119). The full check decides on others. */
const tests: { readonly [name in keyof PlainOptions]-?: Test } = {
  ...settingTests(),
  realm: value => typeof value === 'string' && value !== '',
  auth: isMethod,
  reconnect: value => value === false,
  retryIf: isFunction,
  onJoin: isFunction,
  onLost: isFunction,
  onRestoreFailed: isFunction,
  onDropped: isFunction,
  onError: isFunction,
  serializers: Array.isArray,
}

/** Makes the tests of the options that have a default: a value of the same type. */
function settingTests(): { readonly [name in keyof ClientSettings]: Test } {
  const entries = Object.entries(clientDefaults).map(([name, value]) => [
    name,
    typeof value === 'number' ? isCount : (given: unknown) => typeof given === typeof value,
  ])
  return Object.fromEntries(entries)
}
