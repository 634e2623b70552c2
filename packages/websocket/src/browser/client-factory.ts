import { attach } from '../application/protocol-parts.ts'
import type { Clock } from '../bytes/clock.ts'
import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
import { defaultsOf, resolveOptions } from '../protocol/options/option-table.ts'
import { browserClock } from './browser-clock.ts'
import { type BrowserOptions, browserSettings } from './browser-options.ts'
import { protocolList } from './connect-options.ts'
import type { PlatformSocket } from './platform-socket.ts'
import type { WebSocketClientProtocol } from './protocol.ts'
import { SocketConnection } from './socket-connection.ts'
import { socketUrl } from './socket-url.ts'

/** Everything that a client factory on a page can be made with. */
export interface ClientFactoryOptions<P extends WebSocketClientProtocol = WebSocketClientProtocol> extends Partial<BrowserOptions> {
  readonly protocol?: new () => P
  /** Makes the protocol of one connection, in place of `protocol`: `() => new Chat(page)`. */
  readonly build?: () => P
  /** Subprotocols to offer, best first. Default: none. */
  readonly protocols?: readonly string[]
}

/** Makes the client's protocols, for one URL, which may be relative to the page. */
export class WebSocketClientFactory<P extends WebSocketClientProtocol = WebSocketClientProtocol> {
  /** The class that `buildProtocol` makes protocols of. */
  protocol: (new () => P) | undefined
  readonly url: string
  readonly protocols: readonly string[]
  readonly options: BrowserOptions
  readonly #reported = new WeakSet<object>()

  /** Throws `ApiMisuse` for a URL that is not one, and for options that do not exist or do not fit. */
  constructor(url: string, options: ClientFactoryOptions<P> = {}) {
    checkOptions<ClientFactoryOptions>(options, clientFactoryOptions, 'a client factory')
    const { protocol, build, protocols = [], ...given } = options
    if (protocol !== undefined && build !== undefined) throw new ApiMisuse('the options protocol and build exclude each other')
    if (build !== undefined) this.buildProtocol = build
    this.url = socketUrl(url)
    this.protocol = protocol
    this.protocols = protocols
    this.options = resolveOptions(browserSettings, defaultsOf(browserSettings), given, 'a client factory')
  }

  /** The time of deadlines. */
  get clock(): Clock {
    return browserClock
  }

  /** Octets of messages that may wait for a hook; asked for each time one has to wait. Default: the option of that name. */
  get maxWaitingSize(): number {
    return this.options.maxWaitingSize
  }

  /** Makes the protocol of one connection: by the option `build`, or else of the class `protocol`. May be overridden. */
  buildProtocol(): P {
    if (this.protocol === undefined)
      throw new ApiMisuse('the factory has no protocol class: set its protocol or the option build, or override buildProtocol')
    return new this.protocol()
  }

  /**
   * Takes what an application's hook threw: for logs. The connection is closed already.
   *
   * The default prints once per connection.
   */
  onError(error: Error, protocol: object | undefined): void {
    if (protocol !== undefined && this.#reported.has(protocol)) return
    if (protocol !== undefined) this.#reported.add(protocol)
    console.error(error)
  }

  /** Tells `onError` of an error. Never throws. */
  report(error: Error, protocol: object | undefined): void {
    guarded(() => this.onError(error, protocol), printError)
  }

  /** Puts a new protocol on a `WebSocket` that was made for it and has not opened yet. */
  connectSocket(socket: PlatformSocket): P {
    const protocol: P | null = this.buildProtocol()
    if (typeof protocol?.[attach] !== 'function') {
      throw new ApiMisuse(`buildProtocol must give a WebSocketClientProtocol, and not ${shownValue(protocol)}`)
    }
    const connection = new SocketConnection({
      socket,
      hooks: protocol,
      options: this.options,
      clock: this.clock,
      maxWaitingSize: () => this.maxWaitingSize,
      report: error => this.report(error, protocol),
    })
    protocol[attach]({ connection, factory: this })
    return protocol
  }
}

/** The names of `ClientFactoryOptions`, and the values that each takes. */
const clientFactoryOptions: OptionChecks<ClientFactoryOptions> = {
  protocol: anyValue,
  build: someFunction,
  protocols: protocolList,
  ...browserSettings,
}
