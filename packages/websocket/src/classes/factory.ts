import type { ByteStream } from '../bytes/byte-stream.ts'
import { type Allocate, copyOf, type Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { Slab } from '../bytes/slab.ts'
import { webText } from '../bytes/text.ts'
import { WebSocketConnection } from '../protocol/connection.ts'
import type { Role } from '../protocol/connection-parts.ts'
import { type Delivery, HookDelivery, MessageDelivery } from '../protocol/delivery.ts'
import { ApiMisuse } from '../protocol/errors.ts'
import { FlushQueue } from '../protocol/flush-queue.ts'
import type { HookRunner } from '../protocol/hook-runner.ts'
import type { ObservedRuntime } from '../protocol/observer.ts'
import type { CommonOptions } from '../protocol/options.ts'
import { ScratchPool } from '../protocol/outgoing-batch.ts'
import { PreparedMessage } from '../protocol/prepared-message.ts'
import type { SendOptions } from '../protocol/send-options.ts'
import type { TransportDetails } from '../protocol/transport-details.ts'
import { joinedTaps } from '../protocol/wire-tap.ts'
import { octetsOf } from './payload.ts'
import { attachConnection, collectorOf, isAttached, WebSocketProtocol } from './protocol.ts'

/** What makes protocols, one for each connection: `WebSocketServerFactory` and `WebSocketClientFactory` derive from it. */
export abstract class WebSocketFactory {
  readonly #pool = new ScratchPool()
  /** What all connections share that run on the same runtime. */
  readonly #shared = new WeakMap<Runtime, { readonly slab: Slab; readonly flushes: FlushQueue }>()
  readonly #reported = new WeakSet<object>()

  /** The options that new connections get. */
  abstract readonly options: CommonOptions

  /** Changes options for new connections; what is not given stays. Unknown names and ill-typed values are misuse, and name the option. */
  abstract setProtocolOptions(options: Partial<CommonOptions>): void

  /** Sets all options to their defaults, for new connections. */
  abstract resetProtocolOptions(): void

  /** Makes a message to be sent to many with `sendPreparedMessage`. The payload is copied. A string is text unless `isBinary` says otherwise. */
  prepareMessage(payload: Octets | string, isBinary?: boolean, options?: SendOptions): PreparedMessage {
    const octets = octetsOf(payload, webText)
    return new PreparedMessage(copyOf(octets, 0, octets.length), isBinary ?? typeof payload !== 'string', options ?? {})
  }

  /**
   * What an application's hook threw, and what else nobody is told: for logs. The connection, if there was one, is closed already.
   *
   * The default prints once per connection.
   */
  onError(error: Error, protocol: WebSocketProtocol | undefined): void {
    if (protocol !== undefined && this.#reported.has(protocol)) return
    if (protocol !== undefined) this.#reported.add(protocol)
    console.error(error)
  }

  /** Makes the connection behind a protocol. */
  protected connectionFor(parts: {
    readonly protocol: WebSocketProtocol
    readonly stream: ByteStream
    readonly transport: TransportDetails
    readonly runtime: ObservedRuntime
    readonly options: CommonOptions
    readonly role: Role
    readonly gone: () => void
  }): WebSocketConnection {
    const { protocol, stream, transport, runtime, options, role, gone } = parts
    const observation = runtime.observe?.()
    const { slab, flushes } = this.#sharedOn(runtime)
    const connection = new WebSocketConnection({
      role,
      stream,
      runtime,
      options,
      pool: this.#pool,
      flushes,
      hooks: protocol,
      delivery: runner => deliveryFor(protocol, runner, slab, runtime.allocateUnset),
      wireTap: joinedTaps(options.wireTap, observation?.tap),
      observer: observation?.observer,
      report: error => this.report(error, protocol),
      gone,
    })
    attachConnection(protocol, { connection, factory: this, transport, text: runtime.text })
    return connection
  }

  #sharedOn(runtime: Runtime): { readonly slab: Slab; readonly flushes: FlushQueue } {
    const known = this.#shared.get(runtime)
    if (known !== undefined) return known
    const shared = { slab: new Slab(runtime.allocate, runtime.allocateUnset), flushes: new FlushQueue(runtime.clock) }
    this.#shared.set(runtime, shared)
    return shared
  }

  /** `onError` is the application's too: what it throws must not reach the event loop. */
  protected report(error: Error, protocol: WebSocketProtocol | undefined): void {
    try {
      this.onError(error, protocol)
    } catch (thrown) {
      console.error(thrown)
    }
  }
}

/** A factory's `buildProtocol` gives a protocol, and a fresh one each time. */
export function checkedProtocol<P extends WebSocketProtocol>(protocol: P): P {
  if (!(protocol instanceof WebSocketProtocol)) throw new ApiMisuse('buildProtocol must give a WebSocketProtocol')
  if (isAttached(protocol)) throw new ApiMisuse('buildProtocol must give a new protocol for each connection')
  return protocol
}

/** Chosen once, when the first octets are there: an application that overrides no frame or streaming hook gets whole messages, the faster way. */
function deliveryFor(protocol: WebSocketProtocol, runner: HookRunner, slab: Slab, allocate: Allocate | undefined): Delivery {
  return piecewiseHooks.some(hook => protocol[hook] !== WebSocketProtocol.prototype[hook])
    ? new HookDelivery(runner, protocol, collectorOf(protocol), slab)
    : new MessageDelivery(runner, protocol, slab, allocate)
}

const piecewiseHooks = [
  'onMessageBegin',
  'onMessageFrame',
  'onMessageEnd',
  'onMessageFrameBegin',
  'onMessageFrameData',
  'onMessageFrameEnd',
] as const
