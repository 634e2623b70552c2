import type { AddressInfo, Server } from 'node:net'
import type { ConnectionTotals } from '../../application/totals.ts'
import type { Clock } from '../../bytes/clock.ts'
import { formatAuthority } from '../../handshake/http/authority.ts'
import { anyValue, checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import { CloseCode, mayBeSent } from '../../protocol/faults/close-code.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { keepAlive } from '../runtime/keep-alive.ts'
import { nodeClock } from '../runtime/node-clock.ts'
import type { OpenConnections } from './open-connections.ts'

export interface ListenerCloseOptions {
  /** The close code for open connections. Default: 1001, going away. */
  readonly code?: number
  /** The close reason, at most 123 octets of UTF-8. Default: empty. */
  readonly reason?: string
  /**
   * The number of seconds after which remaining connections are dropped, with anything that is still unsent; 0 drops at once. Default: 5.
   */
  readonly timeout?: number
  /**
   * Ends TCP without a close frame; messages that were sent before still go out. Clients see the code 1006. Clients that take a clean close
   * for their own, such as AutobahnJS 0.8, reconnect then. Excludes `code` and `reason`. Default: false.
   */
  readonly drop?: boolean
}

/** A listening server and the connections that came through it. Made by `listenWS`. */
export class Listener {
  /** The IP address that the server listens at, or the path of the Unix socket. */
  readonly address: string
  /** The port, also where the option was 0; `undefined` for a Unix socket. */
  readonly port: number | undefined
  /** The URL that clients connect to: `ws://localhost:9000`, `wss://[::1]:9001`, `ws+unix:/run/app.sock`. */
  readonly url: string
  /** Resolves when the server no longer listens and all connections are gone. Never rejects. */
  readonly closed: Promise<void>
  readonly #server: Server
  readonly #connections: OpenConnections
  readonly #clock: Clock
  #isClosing = false

  /** Takes over a listening server; `host` is the name that clients use. */
  constructor(server: Server, connections: OpenConnections, host: string | undefined, isSecure: boolean, clock: Clock) {
    const address = server.address()
    const isTcp = typeof address === 'object' && address !== null
    this.address = isTcp ? address.address : String(address)
    this.port = isTcp ? address.port : undefined
    this.url = isTcp ? urlOf(address, host, isSecure) : `${isSecure ? 'wss' : 'ws'}+unix:${address}`
    this.closed = new Promise<void>(resolve => server.once('close', resolve)).then(() => connections.empty())
    this.#server = server
    this.#clock = clock
    this.#connections = connections
  }

  /** The connections that came through this listener and are not gone, including those in the opening handshake. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /**
   * Counts of the connections that came through this listener since it began to listen, those that are gone included: how many were opened,
   * refused and closed, and their traffic. Sums the connections that are open each time that it is asked.
   */
  get totals(): ConnectionTotals {
    return this.#connections.totals
  }

  /**
   * Closes the server: takes no new connections, sends open ones a close frame, drops those in the opening handshake, and at the deadline
   * the rest. Resolves when all are gone.
   *
   * A second call waits for the same end. Rejects with `ApiMisuse`, before anything is closed, for options that contradict each other and
   * for a code or reason that may not be sent.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkOptions<ListenerCloseOptions>(options, closeOptions, 'close')
    const { code = CloseCode.GoingAway, reason = '', timeout = 5, drop = false } = options
    if (drop && (options.code !== undefined || options.reason !== undefined))
      throw new ApiMisuse('the option drop sends no close frame, so it excludes code and reason')
    if (!mayBeSent(code)) throw new ApiMisuse(`close code ${code} may not be sent`)
    if (Buffer.byteLength(reason) > longestReason) throw new ApiMisuse(`close reason is longer than ${longestReason} octets`)
    if (this.#isClosing) return this.closed
    this.#isClosing = true
    this.#server.close()
    if (drop) this.#connections.hangUp()
    else this.#connections.close(code, reason)
    // the application may have work left after this, which would not run if the process ended
    keepAlive.hold()
    // 0 means at once, even with a clock that stands still
    const clock = timeout === 0 ? nodeClock : this.#clock
    const deadline = clock.schedule(() => this.#connections.drop(), timeout * 1000)
    await this.closed
    deadline.cancel()
    keepAlive.release()
  }

  /** Closes as `close()` does, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Returns the URL for clients. A wildcard address is replaced by `localhost`, because clients cannot connect to it. */
function urlOf({ address, port }: AddressInfo, host: string | undefined, isSecure: boolean): string {
  const name = host ?? address
  const authority = formatAuthority({ host: wildcards.has(name) ? 'localhost' : name, port })
  return `${isSecure ? 'wss' : 'ws'}://${authority}`
}

const closeOptions: OptionChecks<ListenerCloseOptions> = {
  code: anyValue,
  reason: optionCheck('a string', value => typeof value === 'string'),
  timeout: optionCheck('a number of seconds', value => typeof value === 'number' && value >= 0),
  drop: trueOrFalse,
}
const wildcards: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])
/** The length of the longest reason in octets: a close frame has at most 125, two of them for the code. */
const longestReason = 123
