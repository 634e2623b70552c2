import { type ClientFactoryOptions, clientFactoryOptions, type WebSocketClientFactory } from '../../application/client-factory.ts'
import type { WebSocketClientProtocol } from '../../application/protocol.ts'
import type { PerMessageDeflateOptions } from '../../extensions/permessage-deflate/options.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { isObject } from '../../protocol/checks/values.ts'
import type { TransportDetails } from '../../protocol/life/transport-details.ts'
import type { Dial } from '../../whatwg/dialer.ts'
import { type ConnectOptions, connectOptions } from '../edge/connect-options.ts'
import { connectWS } from '../edge/connect-ws.ts'
import { permessageDeflate } from '../edge/permessage-deflate.ts'

/**
 * The options that the platform's classes do not have: headers, TLS, a proxy, limits, and the others of `connect`.
 *
 * Their defaults are those of `connect`, with two exceptions for `WebSocket`: `maxUnsentSize` is 0, and `ownPayloadMemory` is true.
 */
export interface WebSocketOptions extends Omit<ConnectOptions, 'signal'>, Omit<ClientFactoryOptions, 'protocol' | 'build' | 'protocols'> {
  /** Offers permessage-deflate: `true`, or its options. A short way to write `extensions: [permessageDeflate(…)]`. Default: false. */
  readonly perMessageDeflate?: boolean | Partial<PerMessageDeflateOptions>
}

/** Divides the options of a `WebSocket` of Node. Throws `ApiMisuse` for options that cannot be used. */
export function dialer(options: WebSocketOptions = {}, where: string): Dial {
  checkOptions<WebSocketOptions>(options, socketOptions, where)
  const { timeout, tls, localAddress, proxy, socket, clock, perMessageDeflate = false, extensions = [], ...factoryOptions } = options
  const connecting = { timeout, tls, localAddress, proxy, socket, clock }
  const given = Object.fromEntries(Object.entries(connecting).filter(([, value]) => value !== undefined))
  const compression = perMessageDeflate === false ? [] : [permessageDeflate(perMessageDeflate === true ? {} : perMessageDeflate)]
  return {
    factoryOptions: { ...factoryOptions, extensions: [...extensions, ...compression] },
    connect<P extends WebSocketClientProtocol>(
      factory: WebSocketClientFactory & { buildProtocol(transport: TransportDetails): P },
      signal: AbortSignal,
    ): Promise<P> {
      return connectWS(factory, { ...given, signal })
    },
  }
}

const { signal: _, ...ofConnecting } = connectOptions
const { protocol: __, build: ___, protocols: ____, ...ofFactory } = clientFactoryOptions

const socketOptions: OptionChecks<WebSocketOptions> = {
  ...ofConnecting,
  ...ofFactory,
  perMessageDeflate: optionCheck('true, false, or an object of options', value => typeof value === 'boolean' || isObject(value)),
}
