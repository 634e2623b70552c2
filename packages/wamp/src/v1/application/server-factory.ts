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
  type UpgradeContext,
  WebSocketServerFactory,
} from '@autobahn-ts/websocket/portable'
import { randomId } from '../../keys/random-id.ts'
import { type List, subprotocol, type Uri } from '../messages/message.ts'
import type { WampOptions } from '../ports/options.ts'
import { checkedFactoryOptions, type WampFactory, wampMessageSize } from '../ports/wamp-factory.ts'
import { Broker, type Delivery, type DispatchOptions, dispatchOptions } from '../pubsub/broker.ts'
import { fromJson, toJson } from '../serializers/json.ts'
import { broker } from './internal-keys.ts'
import type { WampServerProtocol } from './server-protocol.ts'
import { WampSettings } from './wamp-settings.ts'

/** The options of a WAMP server's factory: those of a WebSocket server, and those of WAMP. */
export interface WampServerFactoryOptions<P extends WampServerProtocol = WampServerProtocol> extends ServerFactoryOptions<P> {
  readonly wamp?: Partial<WampOptions>
}

/** Makes a server's protocols, one for each connection, and is their broker. `P` is their class. */
export class WampServerFactory<P extends WampServerProtocol = WampServerProtocol> extends WebSocketServerFactory<P> implements WampFactory {
  readonly #broker = new Broker<P>(this)
  readonly #settings: WampSettings
  /** The name of this server in WELCOME. */
  serverIdent: string = ident

  constructor(url?: string, options: WampServerFactoryOptions<P> = {}) {
    const { wamp = {}, ...given } = checkedFactoryOptions(options, 'WampServerFactory')
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

  // ---- the broker

  /** @internal */
  get [broker](): Broker<P> {
    return this.#broker
  }

  /**
   * Sends an event to the subscribers of a topic, whatever is registered for the topic, and returns their number. `topicUri` is a full URI.
   *
   * Throws if the event cannot be serialized. Each receiver gets events in the order of the calls.
   */
  dispatch(topicUri: Uri, event: unknown, options: DispatchOptions<P> = {}): Delivery {
    checkOptions<DispatchOptions<unknown>>(options, dispatchOptions, 'dispatch')
    if (typeof topicUri !== 'string') throw new ApiMisuse(`a topic must be a string, and not ${typeof topicUri}`)
    return this.#broker.dispatch(topicUri, event, options)
  }

  /** The subscribers of each topic. Topics without subscribers are not listed. */
  get subscriptions(): ReadonlyMap<Uri, ReadonlySet<P>> {
    return this.#broker.topics
  }

  /** The number of open sessions. */
  get sessionCount(): number {
    return this.#broker.sessionCount
  }

  sessionIdToProto(sessionId: string): P | undefined {
    return this.#broker.protocolOf(sessionId)
  }

  /** Finds the protocols of session ids. Unknown ids are ignored. */
  sessionIdsToProtos(sessionIds: Iterable<string>): P[] {
    return [...sessionIds].map(id => this.#broker.protocolOf(id)).filter(protocol => protocol !== undefined)
  }

  protoToSessionId(protocol: P): string | undefined {
    return this.#broker.idOf(protocol)
  }

  protosToSessionIds(protocols: Iterable<P>): string[] {
    return [...protocols].map(protocol => this.#broker.idOf(protocol)).filter(id => id !== undefined)
  }

  /** Called when a client has subscribed to a topic that it was not subscribed to before. */
  onClientSubscribed(_protocol: P, _topicUri: Uri): void {}

  /** Called when a client has unsubscribed from a topic, and for each of its topics when its connection is gone. */
  onClientUnsubscribed(_protocol: P, _topicUri: Uri): void {}

  // ---- what sessions need

  /** Makes the id of a new session: sixteen random characters. Tests may override it. Called again if the id is in use. */
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
    this.report(asError(error), protocol as P)
  }

  override acceptStream(
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head?: RequestHead,
    context?: UpgradeContext,
  ): P | undefined {
    this.#settings.clock = runtime.clock
    return super.acceptStream(stream, transport, runtime, head, context)
  }
}

/** The default of `serverIdent`. A test compares it with the version of the package. */
const ident = 'Autobahn-TS/0.1.0'
