import { heeded } from '../bytes/awaitable.ts'
import type { ByteStream } from '../bytes/byte-stream.ts'
import type { Octets } from '../bytes/octets.ts'
import { PayloadMemory, type PayloadSharing, payloadSharing } from '../bytes/payload-memory.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { webText } from '../bytes/text.ts'
import { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { ConnectionOwner, Role, SharedParts } from '../protocol/connection/connection-parts.ts'
import type { ObservedRuntime, Observer } from '../protocol/connection/observer.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'
import { callOnlooker, joinedTaps } from '../protocol/frames/wire-tap.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
import { defaultReadAhead, type HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { Hooks, Kept } from '../protocol/hooks/hooks.ts'
import { type MessageWatch, WatchedHooks } from '../protocol/hooks/watched-hooks.ts'
import { Loans } from '../protocol/life/loans.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { CommonOptions } from '../protocol/options/options.ts'
import { type Delivery, HookDelivery, MessageDelivery } from '../protocol/receiving/delivery.ts'
import { TextDelivery, type TextHooks } from '../protocol/receiving/text-delivery.ts'
import { FlushQueue } from '../protocol/sending/flush-queue.ts'
import { ScratchPool } from '../protocol/sending/outgoing-batch.ts'
import type { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { preparedMessage } from './payload.ts'
import { WebSocketProtocol } from './protocol.ts'
import { attach, collector, isConnected, ownDelivery, ProtocolParts, parts } from './protocol-parts.ts'
import { sendOptions } from './send-checks.ts'

/** Makes the protocol object of each connection. `WebSocketServerFactory` and `WebSocketClientFactory` derive from it. */
export abstract class WebSocketFactory {
  readonly #pool = new ScratchPool()
  readonly #flushes = new WeakMap<Runtime, FlushQueue>()
  /** The shared parts of the latest connection; the next one nearly always has the same options and runtime. */
  #shared: SharedParts | undefined
  readonly #reported = new WeakSet<object>()
  /** The observers of protocols, where they have one. */
  readonly #observers = new WeakMap<object, Observer>()

  /** The options of new connections. */
  abstract readonly options: CommonOptions

  /**
   * Changes the given options for new connections and leaves the others as they are. Throws `ApiMisuse` for unknown names and for values of
   * the wrong type, and names the option.
   */
  abstract setProtocolOptions(options: Partial<CommonOptions>): void

  /** Sets all options to their defaults, for new connections. */
  abstract resetProtocolOptions(): void

  /**
   * Makes a message that is framed once, to be sent to many with `sendPreparedMessage`. The payload is copied. A string is text unless
   * `isBinary` says otherwise.
   */
  prepareMessage(payload: Octets | string, isBinary?: boolean, options?: SendOptions): PreparedMessage {
    return preparedMessage(payload, this.#shared?.runtime.text ?? webText, isBinary, sendOptions(options, 'prepareMessage'))
  }

  /**
   * Called with errors that hooks of the application have thrown, and with other errors that have no recipient; for logs. The connection,
   * if there was one, is closed already.
   *
   * The default prints the first error of each connection.
   */
  onError(error: Error, protocol: WebSocketProtocol | undefined): void {
    if (protocol !== undefined && this.#reported.has(protocol)) return
    if (protocol !== undefined) this.#reported.add(protocol)
    console.error(error)
  }

  /**
   * Reports an error to `onError`, and before that to the observer of the connection, or to `observer` where the error belongs to no connection.
   * Never throws: what `onError` throws is printed, so that it does not reach the event loop.
   */
  report(error: Error, protocol: WebSocketProtocol | undefined, observer?: Observer): void {
    const own = protocol && this.#observers.get(protocol)
    callOnlooker(() => (own ?? observer)?.failed?.(error, protocol ?? this))
    this.#tell(error, protocol)
  }

  /**
   * Makes the connection of a protocol.
   *
   * @internal
   */
  protected connectionFor(
    protocol: WebSocketProtocol,
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
  ): WebSocketConnection {
    const observation = runtime.observe?.(this.connectionRole.isServer)
    const observer = observation?.observer
    if (observer !== undefined) this.#observers.set(protocol, observer)
    const wireTap = joinedTaps(this.options.wireTap, observation?.tap)
    const shared = this.#sharedOn(runtime)
    const isWatched = wireTap !== undefined || observer !== undefined
    // without the two, which few have, the parts of thousands of connections are smaller
    const connection = new WebSocketConnection(
      isWatched ? { shared, stream, hooks: protocol, wireTap, observer } : { shared, stream, hooks: protocol },
    )
    protocol[attach](new ProtocolParts(connection, this, transport, messageWatchOf(observer, protocol)))
    return connection
  }

  /**
   * The role of new connections, under the present options.
   *
   * @internal
   */
  protected abstract get connectionRole(): Role

  /** The number of octets that a connection reads ahead while hooks wait. */
  protected get readAhead(): number {
    return defaultReadAhead
  }

  /** Whether protocols deliver messages through promises, so that the application answers them only when microtasks run. */
  protected get answersInMicrotasks(): boolean {
    return false
  }

  /** Called for a pong as soon as it is read; `onPong` of the protocol is called in its turn. */
  protected pongCame(_payload: Octets, _protocol: object): void {}

  /** Called when the peer of a protocol has ended while hooks for earlier messages still wait. */
  protected lastHooksWait(_protocol: object): void {}

  /** Called when the connection of a protocol is gone. */
  protected connectionGone(_protocol: object): void {}

  #sharedOn(runtime: Runtime): SharedParts {
    const { options } = this
    if (this.#shared?.options === options && this.#shared.runtime === runtime) return this.#shared
    const sharing = payloadSharing(!options.ownPayloadMemory, runtime)
    const owner: ConnectionOwner = {
      deliveryFor: (hooks, runner, unused) => deliveryFor(hooks, runner, runtime, sharing, unused),
      // the connection has told its observer already
      failed: (error, hooks) => this.#tell(error, hooks instanceof WebSocketProtocol ? hooks : undefined),
      gone: hooks => this.connectionGone(hooks),
      onlyAnswersPings: hooks => hooks.onPing === WebSocketProtocol.prototype.onPing,
      pongCame: (payload, hooks) => this.pongCame(payload, hooks),
      lastHooksWait: hooks => this.lastHooksWait(hooks),
    }
    const { connectionRole: role, readAhead, answersInMicrotasks } = this
    this.#shared = {
      role,
      runtime,
      options,
      pool: this.#pool,
      readingHalves: new Loans(),
      sendingHalves: new Loans(),
      flushes: this.#flushesOn(runtime),
      owner,
      readAhead,
      answersInMicrotasks,
    }
    return this.#shared
  }

  #flushesOn(runtime: Runtime): FlushQueue {
    const known = this.#flushes.get(runtime)
    if (known !== undefined) return known
    const flushes = new FlushQueue(runtime.clock)
    this.#flushes.set(runtime, flushes)
    return flushes
  }

  #tell(error: Error, protocol: WebSocketProtocol | undefined): void {
    guarded(() => this.onError(error, protocol), printError)
  }
}

/**
 * Checks what `buildProtocol` has returned. Throws `ApiMisuse` for anything but a protocol of the factory's role, and for one that was used
 * before.
 */
export function checkedProtocol<P extends R, R extends WebSocketProtocol>(protocol: P, role: abstract new () => R): P {
  if (!(heeded(protocol) instanceof role)) throw new ApiMisuse(`buildProtocol must return a ${role.name}, not ${shownValue(protocol)}`)
  if (WebSocketProtocol[isConnected](protocol)) throw new ApiMisuse('buildProtocol must return a new protocol for each connection')
  return protocol
}

/**
 * Chooses the delivery when octets are read: applications that override no frame or streaming hook get whole messages, which is
 * faster.
 */
function deliveryFor(hooks: Hooks, runner: HookRunner, runtime: Runtime, sharing: PayloadSharing, unused: Delivery | undefined): Delivery {
  const own = hooks instanceof WebSocketProtocol ? hooks[ownDelivery]?.(runner, sharing, unused) : undefined
  if (own !== undefined) return own
  const watch = hooks instanceof WebSocketProtocol ? hooks[parts].messageWatch : undefined
  const watched = watch === undefined ? undefined : new WatchedHooks(hooks, watch, runtime.clock, runtime.text)
  const isPiecewise = hooks instanceof WebSocketProtocol && piecewiseHooks.some(hook => hooks[hook] !== WebSocketProtocol.prototype[hook])
  if (isPiecewise) return new HookDelivery(runner, watched ?? hooks, hooks[collector], new PayloadMemory(sharing), { keeps: keptBy(hooks) })
  if (wantsText(hooks)) {
    if (!(unused instanceof TextDelivery)) return new TextDelivery(runner, watched ?? hooks, new PayloadMemory(sharing), runtime)
    unused.serve(runner, watched ?? hooks, undefined)
    return unused
  }
  if (unused instanceof MessageDelivery) {
    unused.serve(runner, watched ?? hooks, undefined)
    return unused
  }
  return new MessageDelivery(runner, watched ?? hooks, new PayloadMemory(sharing), runtime.clock, runtime.allocateUnset)
}

/** Returns the function that tells an observer of handled messages; `undefined` where it does not want to know. */
function messageWatchOf(observer: Observer | undefined, protocol: WebSocketProtocol): MessageWatch | undefined {
  if (observer?.messageHandled === undefined) return undefined
  return (isBinary, size, duration) => callOnlooker(() => observer.messageHandled?.(protocol, { isBinary, size, duration }))
}

/** Tells what the hooks of a protocol collect: the default of each collects for the next tier. */
function keptBy(hooks: WebSocketProtocol): Kept {
  const usual = WebSocketProtocol.prototype
  if (hooks.onMessageFrameData !== usual.onMessageFrameData) return 'nothing'
  return hooks.onMessageFrame === usual.onMessageFrame && hooks.onMessageFrameEnd === usual.onMessageFrameEnd ? 'message' : 'frame'
}

function wantsText(hooks: Hooks): hooks is Hooks & TextHooks {
  return hooks.onTextMessage !== undefined
}

const piecewiseHooks = [
  'onMessageBegin',
  'onMessageFrame',
  'onMessageEnd',
  'onMessageFrameBegin',
  'onMessageFrameData',
  'onMessageFrameEnd',
] as const
