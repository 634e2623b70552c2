import { type BrowserOptions, type ClientFactoryOptions, WebSocketClientFactory } from '@autobahn-ts/websocket/browser'
import { asError } from '@autobahn-ts/websocket/portable'
import { WampSettings } from '../v1/application/wamp-settings.ts'
import { type List, subprotocol } from '../v1/messages/message.ts'
import type { WampOptions } from '../v1/ports/options.ts'
import { checkedFactoryOptions, type WampFactory, wampMessageSize } from '../v1/ports/wamp-factory.ts'
import { fromJson, toJson } from '../v1/serializers/json.ts'
import type { WampClientProtocol } from './client-protocol.ts'
import type { SocketOptions } from './socket-options.ts'

/** Everything a WAMP client in a browser can be made with. */
export interface WampClientFactoryOptions<P extends WampClientProtocol = WampClientProtocol> extends Partial<SocketOptions> {
  readonly protocol?: new () => P
  /** Subprotocols to offer, best first. Default: `wamp`. */
  readonly protocols?: readonly string[]
  readonly wamp?: Partial<WampOptions>
}

/** Makes the client's protocols, for one URL, which may be relative to the page. `P` is their class. */
export class WampClientFactory<P extends WampClientProtocol = WampClientProtocol> extends WebSocketClientFactory<P> implements WampFactory {
  readonly #settings: WampSettings

  constructor(url: string, options: WampClientFactoryOptions<P> = {}) {
    super(url, belowWamp(options))
    this.#settings = new WampSettings(options.wamp ?? {})
  }

  /** The options of the WebSocket layer. */
  get socketOptions(): SocketOptions {
    return socketOptionsOf(this.options)
  }

  get wampOptions(): WampOptions {
    return this.#settings.options
  }

  /** The option `maxSessionWorkSize` of WAMP, as it is now. */
  override get maxWaitingSize(): number {
    return this.#settings.options.maxSessionWorkSize
  }

  /** Changes options of WAMP, for open sessions too; what is not given stays. */
  setWampOptions(options: Partial<WampOptions>): void {
    this.#settings.change(options)
  }

  serialize(message: List): string {
    return toJson(message)
  }

  unserialize(text: string): unknown {
    return fromJson(text)
  }

  noteError(error: unknown, protocol: object): void {
    this.report(asError(error), protocol)
  }
}

/** The options for the WebSocket layer, with the defaults that WAMP has for them. */
function belowWamp<P extends WampClientProtocol>(options: WampClientFactoryOptions<P>): ClientFactoryOptions<P> {
  const {
    wamp: _,
    protocols = [subprotocol],
    maxMessagePayloadSize = wampMessageSize,
    ...others
  } = checkedFactoryOptions(options, 'WampClientFactory')
  return { protocols, maxMessagePayloadSize, ...others }
}

function socketOptionsOf({ maxWaitingSize: _, ...options }: BrowserOptions): SocketOptions {
  return options
}
