import type { AddressInfo, Server } from 'node:net'
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
  /** The close code that open connections are sent. Default: 1001, going away. */
  readonly code?: number
  /** At most 123 octets of UTF-8. Default: empty. */
  readonly reason?: string
  /** Seconds until connections that are still there are dropped, with whatever they still have to send; 0 drops at once. Default: 5. */
  readonly timeout?: number
  /**
   * Ends TCP without a close frame; messages sent before still go out. Clients see the code 1006, and those that take a clean close for
   * their own wish reconnect, as AutobahnJS 0.8 does. Excludes `code` and `reason`. Default: false.
   */
  readonly drop?: boolean
}

/** A server that listens, and the connections that came through it. Made by `listenWS`. */
export class Listener {
  /** The IP address that is listened on, or the path of the Unix socket. */
  readonly address: string
  /** The port, also where 0 asked for any; `undefined` for a Unix socket. */
  readonly port: number | undefined
  /** Where clients connect: `ws://localhost:9000`, `wss://[::1]:9001`, `ws+unix:/run/app.sock`. */
  readonly url: string
  /** Settles when nothing is listened on any more and all connections are gone. Never rejects. */
  readonly closed: Promise<void>
  readonly #server: Server
  readonly #connections: OpenConnections
  readonly #clock: Clock
  #isClosing = false

  /** Takes over a server that listens; `host` is the name that clients know. */
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

  /** Connections that came through this listener and are not gone, those in the opening handshake included. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /**
   * Stops: takes no new connections, sends open ones a close frame, drops those in the handshake, and at the deadline the rest.
   * Resolves when all are gone.
   *
   * A second call waits for the same end. Options that contradict each other and a code or reason that may not be sent reject with
   * `ApiMisuse` before anything is closed.
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
    // the application may have something left to do after this, which would never run if the process ended
    keepAlive.hold()
    // 0 is at once, also by a clock that stands still
    const clock = timeout === 0 ? nodeClock : this.#clock
    const deadline = clock.schedule(() => this.#connections.drop(), timeout * 1000)
    await this.closed
    deadline.cancel()
    keepAlive.release()
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** A wildcard is no address to connect to; this machine is there under any. */
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
/** A close frame has 125 octets, two of them for the code. */
const longestReason = 123
