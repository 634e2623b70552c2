import { ApiMisuse, asError, type Clock, defaultsOf, heeded, resolveOptions } from '@autobahn-ts/websocket/portable'
import { fromJson, toJson } from '../serializers/json.ts'
import { WampSettings } from '../v1/application/wamp-settings.ts'
import { type List, subprotocol } from '../v1/messages/message.ts'
import type { WampOptions } from '../v1/ports/options.ts'
import { checkedFactoryOptions, type WampFactory } from '../v1/ports/wamp-factory.ts'
import { browserClock } from './browser-clock.ts'
import type { WampClientProtocol } from './client-protocol.ts'
import type { PlatformSocket } from './platform-socket.ts'
import { SocketConnection, type SocketOwner } from './socket-connection.ts'
import { type SocketOptions, socketOptions } from './socket-options.ts'
import { attachSocket } from './socket-protocol.ts'
import { socketUrl } from './socket-url.ts'

/** Everything a WAMP client in a browser can be made with. */
export interface WampClientFactoryOptions extends Partial<SocketOptions> {
  readonly protocol?: new () => WampClientProtocol
  /** Subprotocols to offer, best first. Default: `wamp`. */
  readonly protocols?: readonly string[]
  readonly wamp?: Partial<WampOptions>
}

/** Makes the client's protocols, for one URL, which may be relative to the page. */
export class WampClientFactory implements WampFactory, SocketOwner {
  /** The class that `buildProtocol` makes protocols of. */
  protocol: (new () => WampClientProtocol) | undefined
  readonly url: string
  readonly protocols: readonly string[]
  readonly socketOptions: SocketOptions
  readonly #reported = new WeakSet<object>()
  readonly #settings: WampSettings

  constructor(url: string, options: WampClientFactoryOptions = {}) {
    const { protocol, protocols = [subprotocol], wamp = {}, ...given } = checkedFactoryOptions(options, 'WampClientFactory')
    this.url = socketUrl(url)
    this.protocol = protocol
    this.protocols = protocols
    this.socketOptions = resolveOptions(socketOptions, defaultsOf(socketOptions), given, 'WampClientFactory')
    this.#settings = new WampSettings(wamp)
  }

  get wampOptions(): WampOptions {
    return this.#settings.options
  }

  /** Octets of messages that may wait behind a pending hook: the option `maxSessionWorkSize`. */
  get maxWaitingSize(): number {
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

  get clock(): Clock {
    return browserClock
  }

  /** Makes the protocol of a new connection. */
  buildProtocol(): WampClientProtocol {
    if (this.protocol === undefined) throw new ApiMisuse('the factory has no protocol: give it one, or override buildProtocol')
    return new this.protocol()
  }

  /** What an application's hook threw: for logs. The default prints once per connection. */
  onError(error: Error, protocol: object | undefined): void {
    if (protocol !== undefined && this.#reported.has(protocol)) return
    if (protocol !== undefined) this.#reported.add(protocol)
    console.error(error)
  }

  /** `onError` is the application's too: what it throws must not reach the event loop. */
  noteError(error: unknown, protocol: object): void {
    try {
      heeded<unknown>(this.onError(asError(error), protocol), print)
    } catch (thrown) {
      print(thrown)
    }
  }

  /** Puts a new protocol on a `WebSocket` that was made for it and has not opened yet. */
  connectSocket(socket: PlatformSocket): WampClientProtocol {
    const protocol = this.buildProtocol()
    attachSocket(protocol, { connection: new SocketConnection(socket, protocol, this), factory: this })
    return protocol
  }
}

/** An error whose `stack` cannot be read cannot be printed either. */
function print(thrown: unknown): void {
  try {
    console.error(thrown)
  } catch {
    console.error(asError(thrown).message)
  }
}
