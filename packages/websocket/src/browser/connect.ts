import type { Awaitable } from '../bytes/awaitable.ts'
import { unlessAborted } from '../bytes/when-aborted.ts'
import { isFunction, isObject, isSignal, isTextList, isUpToAnHour, isWholeNumber, surelyFit, type Test } from '../protocol/checks/values.ts'
import type { ReconnectingOptions } from '../reconnect/reconnecting-options.ts'
import { browserClock } from './browser-clock.ts'
import type { BrowserOptions } from './browser-options.ts'
import { type ConnectOptions, opened, socketTo } from './opening.ts'
import { type Connection, PageConversation } from './page-conversation.ts'
import { pageDefaults } from './page-defaults.ts'
import { plainUrl } from './socket-url.ts'

/** The address, the options of the attempt, and the options of the connection. */
export interface ConnectionOptions extends ConnectOptions, Partial<BrowserOptions> {
  /** Subprotocols to offer, best first. Default: none. */
  readonly protocols?: readonly string[]
  /**
   * Connects again when the connection is lost; `{}` does it by the defaults. Without it a connection that is lost stays lost.
   *
   * `signal` closes such a connection for good, at any time. The module for it is loaded when this is used.
   */
  readonly reconnect?: ReconnectingOptions<Connection>
}

/** The URL to connect to, which may be relative to the page, or a function that makes it for each connection: the place for a token that expires. */
export type ConnectionUrl = PageUrl | (() => Awaitable<PageUrl>)
type PageUrl = string | { readonly href: string }

/**
 * A connection that is connected again when it is lost, by the rules that hold on Node; see there. While the browser says that it is offline
 * it does not try, and it tries at once when that is over, and when the page is looked at again.
 */
export interface ReconnectingConnection extends Connection {
  /** Whether there is a connection now. */
  readonly isOpen: boolean
  /** The connection of the moment, or else the last one. */
  readonly latest: Connection
  /** Tries at once where it waits for its next try. */
  retryNow(): void
}

/**
 * Connects to a URL without a class. Rejects as `connectWS` does.
 *
 * With `reconnect` it rejects where the first connection cannot be opened, unless `retryFirst` is set.
 */
export function connect(
  url: ConnectionUrl,
  options: ConnectionOptions & { readonly reconnect: ReconnectingOptions<Connection> },
): Promise<ReconnectingConnection>
export function connect(url: ConnectionUrl, options?: ConnectionOptions): Promise<Connection>
export async function connect(url: ConnectionUrl, options: ConnectionOptions = {}): Promise<Connection> {
  if (!surelyFit<ConnectionOptions>(options, tests)) (await import('./page-checks.ts')).checkConnectOptions(options)
  const { reconnect, timeout, signal, socketClass, protocols = [], ...given } = options
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const settings = { ...pageDefaults, ...Object.fromEntries(set) }
  let dialled = ''
  const dial = async (dialling: ConnectOptions): Promise<PageConversation> => {
    const address = typeof url === 'function' ? await unlessAborted(Promise.resolve().then(url), dialling.signal) : url
    const given = (address as Partial<Exclude<PageUrl, string>> | null)?.href ?? (address as string)
    dialled = plainUrl(given) ?? (await import('./page-checks.ts')).socketUrl(given)
    const socket = socketTo(dialled, protocols, dialling)
    const conversation = new PageConversation(socket, settings)
    await opened(conversation.socket, browserClock, dialling)
    return conversation
  }
  if (reconnect === undefined) return dial(options)
  const { reconnecting } = await import('./reconnecting.ts')
  return reconnecting(
    dialSignal => dial({ ...options, signal: dialSignal }),
    reconnect,
    signal,
    () => dialled,
  )
}

const tests: { readonly [name in keyof ConnectionOptions]-?: Test } = {
  timeout: isUpToAnHour,
  signal: isSignal,
  socketClass: isFunction,
  protocols: isTextList,
  reconnect: isObject,
  maxMessagePayloadSize: isWholeNumber,
  maxWaitingSize: isWholeNumber,
  closeHandshakeTimeout: isUpToAnHour,
  sendHighWaterMark: isWholeNumber,
  maxUnsentSize: isWholeNumber,
}
