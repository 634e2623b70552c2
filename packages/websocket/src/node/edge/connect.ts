import { clientFactoryOptions } from '../../application/client-factory.ts'
import type { Awaitable } from '../../bytes/awaitable.ts'
import { unlessAborted } from '../../bytes/when-aborted.ts'
import type { Connection } from '../../conversation/connection.ts'
import { ConversationFactory, type ConversationOptions } from '../../conversation/function-factories.ts'
import type { ConversationProtocol } from '../../conversation/function-protocols.ts'
import type { HeadersInput } from '../../handshake/http/http-exception.ts'
import { checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { objectOrDefaults, trueOrFalse } from '../../protocol/checks/option-values.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import type { ReconnectingOptions } from '../../reconnect/reconnecting-options.ts'
import { type ConnectOptions, connectOptions } from './connect-options.ts'
import { connectWS } from './connect-ws.ts'

/** Options of connecting, and all options of a client factory. */
export interface ConnectionOptions extends ConnectOptions, Omit<ConversationOptions, 'headers'> {
  /** More headers for every request, or a function that makes them for each connection: the place for a token that expires. */
  readonly headers?: HeadersInput | (() => Awaitable<HeadersInput>)
  /**
   * Connects again when the connection is lost; `{}` does it by the defaults. Without it a connection that is lost stays lost.
   *
   * `signal` closes such a connection for good, at any time.
   */
  readonly reconnect?: ReconnectingOptions<Connection>
}

/** The URL to connect to, or a function that makes it for each connection: the place for a token that expires. */
export type ConnectionUrl = string | URL | (() => Awaitable<string | URL>)

/**
 * A connection that is connected again when it is lost: the same object, with the loops and calls that wait, over one connection after the
 * other.
 *
 * - A message that was handed to a connection is never sent again, because nobody knows whether the server has got it: where the connection
 *   is lost first, its promise rejects. While there is no connection `send` rejects at once with `ConnectionClosed`, or waits as far as the
 *   options `queue` and `queueSize` allow.
 * - Loops and `receive()` wait for the next connection. They end when this side closes or the server closes for good, and throw
 *   `ConnectionClosed` where it gives up.
 * - `streams()` gives each message in one piece, so the limits of size apply to it.
 * - `ping()` measures the connection of the moment, and rejects while there is none.
 * - `closed` and `close()` resolve with the end of the last connection, or with the reason why no other one could be opened.
 * - A channel does not take it: what joins is each `Connection` that `onOpen` gets.
 * - Messages of an application that has never received any are discarded when 1 MiB of them waits.
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
 * Connects to a URL in function style.
 *
 * Rejects with `HandshakeFailed` where the server cannot be reached or refuses (`status` says how), and with `ApiMisuse` for a URL or options that cannot be used.
 *
 * With `reconnect` it rejects where the first connection cannot be opened, unless `retryFirst` is set.
 */
export function connect(
  url: ConnectionUrl,
  options: ConnectionOptions & { readonly reconnect: ReconnectingOptions<Connection> },
): Promise<ReconnectingConnection>
export function connect(url: ConnectionUrl, options?: ConnectionOptions): Promise<Connection>
export async function connect(url: ConnectionUrl, options: ConnectionOptions = {}): Promise<Connection> {
  checkOptions(options, connectionOptions, 'connect')
  const { reconnect, timeout, signal, tls, localAddress, proxy, socket, clock, headers, ...ofConnection } = options
  const dial = async (dialSignal: AbortSignal | undefined): Promise<ConversationProtocol> => {
    const connecting = { timeout, signal: dialSignal, tls, localAddress, proxy, socket, clock }
    const given = Object.fromEntries(Object.entries(connecting).filter(([, value]) => value !== undefined))
    const fields = typeof headers === 'function' ? await unlessAborted(Promise.resolve().then(headers), dialSignal) : headers
    const factoryOptions = { ...ofConnection, ...(fields !== undefined && { headers: fields }) }
    return connectWS(new ConversationFactory(await unlessAborted(hrefOf(url), dialSignal), factoryOptions), given)
  }
  if (reconnect === undefined) return (await dial(signal)).conversation
  if (socket !== undefined) throw new ApiMisuse('the option socket cannot be used with reconnect: a stream connects once')
  const { reconnecting } = await import('./reconnecting.ts')
  return reconnecting(dial, reconnect, signal, clock)
}

async function hrefOf(url: ConnectionUrl): Promise<string> {
  const given = typeof url === 'function' ? await url() : url
  return given instanceof URL ? given.href : given
}

const { protocol: _, build: __, ...ofFactory } = clientFactoryOptions
const connectionOptions: OptionChecks<ConnectionOptions> = {
  ...connectOptions,
  ...ofFactory,
  requireProtocol: trueOrFalse,
  reconnect: objectOrDefaults,
}
