import {
  asError,
  type ByteStream,
  type ClientFactoryOptions,
  type Clock,
  type ObservedRuntime,
  type TransportDetails,
  WebSocketClientFactory,
  type WebSocketClientProtocol,
} from '@autobahn-ts/websocket/portable'
import { type List, subprotocol } from '../messages/message.ts'
import type { WampOptions } from '../ports/options.ts'
import { checkedFactoryOptions, type WampFactory, wampMessageSize } from '../ports/wamp-factory.ts'
import { fromJson, toJson } from '../serializers/json.ts'
import type { WampClientProtocol } from './client-protocol.ts'
import { WampSettings } from './wamp-settings.ts'

/** The options of a WAMP client's factory: those of a WebSocket client, and those of WAMP. */
export interface WampClientFactoryOptions<P extends WampClientProtocol = WampClientProtocol> extends ClientFactoryOptions<P> {
  readonly wamp?: Partial<WampOptions>
}

/** Makes a client's protocols, one for each connection to one URL. `P` is their class. */
export class WampClientFactory<P extends WampClientProtocol = WampClientProtocol> extends WebSocketClientFactory<P> implements WampFactory {
  readonly #settings: WampSettings

  constructor(url: string, options: WampClientFactoryOptions<P> = {}) {
    const { wamp = {}, ...given } = checkedFactoryOptions(options, 'WampClientFactory')
    const { maxMessagePayloadSize = wampMessageSize } = given
    super(url, { protocols: [subprotocol], ...given, maxMessagePayloadSize })
    this.#settings = new WampSettings(wamp)
  }

  /** Resets the protocol options to their defaults; `maxMessagePayloadSize` to WAMP's default, 1 MiB. */
  override resetProtocolOptions(): void {
    super.resetProtocolOptions()
    this.setProtocolOptions({ maxMessagePayloadSize: wampMessageSize })
  }

  get wampOptions(): WampOptions {
    return this.#settings.options
  }

  /** Changes options of WAMP, also for open sessions. Options that are not given stay. */
  setWampOptions(options: Partial<WampOptions>): void {
    this.#settings.change(options)
  }

  serialize(message: List): string {
    return toJson(message)
  }

  unserialize(text: string): unknown {
    return fromJson(text)
  }

  get clock(): Clock {
    return this.#settings.clock
  }

  noteError(error: unknown, protocol: object): void {
    this.report(asError(error), protocol as WebSocketClientProtocol)
  }

  override connectStream(stream: ByteStream, transport: TransportDetails, runtime: ObservedRuntime): P {
    this.#settings.clock = runtime.clock
    return super.connectStream(stream, transport, runtime)
  }
}
