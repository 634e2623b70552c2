import {
  ApiMisuse,
  asError,
  type ByteStream,
  type Clock,
  checkOptions,
  type ObservedRuntime,
  type RequestHead,
  type ServerFactoryOptions,
  type TransportDetails,
  WebSocketServerFactory,
  type WebSocketServerProtocol,
} from '@autobahn-ts/websocket/portable'
import { randomId } from '../../keys/random-id.ts'
import { fromJson, toJson } from '../../serializers/json.ts'
import { type List, subprotocol, type Uri } from '../messages/message.ts'
import type { WampOptions } from '../ports/options.ts'
import { checkedFactoryOptions, type WampFactory, wampMessageSize } from '../ports/wamp-factory.ts'
import { Broker, type Delivery, type DispatchOptions, dispatchOptions } from '../pubsub/broker.ts'
import { broker } from './internal-keys.ts'
import type { WampServerProtocol } from './server-protocol.ts'
import { WampSettings } from './wamp-settings.ts'

/** Everything a WAMP server can be made with: what a WebSocket server can, and the options of WAMP. */
export interface WampServerFactoryOptions extends Omit<ServerFactoryOptions, 'protocol'> {
  readonly protocol?: new () => WampServerProtocol
  readonly wamp?: Partial<WampOptions>
}

/** Makes the server's protocols, and is their broker. */
export class WampServerFactory extends WebSocketServerFactory implements WampFactory {
  readonly #broker = new Broker<WampServerProtocol>(this)
  readonly #settings: WampSettings
  /** What WELCOME says this server is. */
  serverIdent: string = ident

  constructor(url?: string, options: WampServerFactoryOptions = {}) {
    const { wamp = {}, ...given } = checkedFactoryOptions(options, 'WampServerFactory')
    const { maxMessagePayloadSize = wampMessageSize } = given
    super(url, { protocols: [subprotocol], ...given, maxMessagePayloadSize })
    this.#settings = new WampSettings(wamp)
  }

  /** Sets the protocol options back to their defaults, `maxMessagePayloadSize` to that of WAMP, 1 MiB. */
  override resetProtocolOptions(): void {
    super.resetProtocolOptions()
    this.setProtocolOptions({ maxMessagePayloadSize: wampMessageSize })
  }

  get wampOptions(): WampOptions {
    return this.#settings.options
  }

  /** Changes options of WAMP, for open sessions too; what is not given stays. */
  setWampOptions(options: Partial<WampOptions>): void {
    this.#settings.change(options)
  }

  // ---- the broker

  /** @internal */
  get [broker](): Broker<WampServerProtocol> {
    return this.#broker
  }

  /**
   * Sends an event to the subscribers of a topic, whatever is registered for it, and tells how many. `topicUri` is a full URI.
   *
   * An event that is not serialisable throws. Each receiver gets what is dispatched in the order of the calls.
   */
  dispatch(topicUri: Uri, event: unknown, options: DispatchOptions<WampServerProtocol> = {}): Delivery {
    checkOptions<DispatchOptions<unknown>>(options, dispatchOptions, 'dispatch')
    if (typeof topicUri !== 'string') throw new ApiMisuse(`a topic must be a string, and not ${typeof topicUri}`)
    return this.#broker.dispatch(topicUri, event, options)
  }

  /** Topics with their subscribers; a topic without any is not there. */
  get subscriptions(): ReadonlyMap<Uri, ReadonlySet<WampServerProtocol>> {
    return this.#broker.topics
  }

  /** Sessions that are open. */
  get sessionCount(): number {
    return this.#broker.sessionCount
  }

  sessionIdToProto(sessionId: string): WampServerProtocol | undefined {
    return this.#broker.protocolOf(sessionId)
  }

  /** Those that are known; ids of nobody are left out. */
  sessionIdsToProtos(sessionIds: Iterable<string>): WampServerProtocol[] {
    return [...sessionIds].map(id => this.#broker.protocolOf(id)).filter(protocol => protocol !== undefined)
  }

  protoToSessionId(protocol: WampServerProtocol): string | undefined {
    return this.#broker.idOf(protocol)
  }

  protosToSessionIds(protocols: Iterable<WampServerProtocol>): string[] {
    return [...protocols].map(protocol => this.#broker.idOf(protocol)).filter(id => id !== undefined)
  }

  /** A client has subscribed to a topic that it was not subscribed to. */
  onClientSubscribed(_protocol: WampServerProtocol, _topicUri: Uri): void {}

  /** A client has unsubscribed, or is gone: called once for each of its topics. */
  onClientUnsubscribed(_protocol: WampServerProtocol, _topicUri: Uri): void {}

  // ---- what sessions need

  /** Sixteen random characters; override it to know them in tests. An id that is taken is asked for again. */
  newSessionId(): string {
    return randomId()
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
    this.report(asError(error), protocol as WebSocketServerProtocol)
  }

  override acceptStream(
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head?: RequestHead,
  ): WebSocketServerProtocol | undefined {
    this.#settings.clock = runtime.clock
    return super.acceptStream(stream, transport, runtime, head)
  }
}

/** The name that WELCOME gives this library by default; a test compares it with the package. */
const ident = 'Autobahn-TS/0.1.0'
