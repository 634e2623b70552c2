import type { Awaitable } from '@autobahn-ts/websocket/portable'
import { type Method, methodOf } from '../../hooks/method.ts'
import type { List, Uri } from '../messages/message.ts'
import type { MessageTier } from '../ports/message-tier.ts'
import type { Call } from '../rpc/call.ts'
import type { CallOptions } from '../rpc/call-options.ts'
import type { CallHooks } from '../rpc/incoming-calls.ts'
import type { Registration } from '../rpc/procedures.ts'
import { Rpc } from '../rpc/rpc.ts'
import { exportedProcedures } from './exported.ts'

/** Key of a protocol's `Rpc`, for the classes of this folder. Applications do not see it. */
export const engine: unique symbol = Symbol('engine')

/**
 * The methods and hooks of both sides, those of AutobahnPython's `WampProtocol`: calling the peer's procedures, offering procedures, and
 * watching calls.
 *
 * Applications override the hooks, whose names begin with `on`. If a hook of a call throws, or its promise rejects, the call is answered
 * with an error.
 */
export interface WampProtocol extends CallHooks {
  readonly [engine]: Rpc

  /** Called when the session is open, so that both sides may call. Register procedures and topics, subscribe and call here. */
  onSessionOpen(): Awaitable<void>

  /** The id of the session; `undefined` until it is open. */
  readonly sessionId: string | undefined

  // ---- calling

  /**
   * Calls a procedure of the peer, by URI or CURIE. The type of the result is not checked.
   *
   * Rejects with `RpcError` if the procedure fails, `CallTimedOut` after the option `callTimeout`, `ConnectionClosed` if the connection is
   * lost or closing, and `ApiMisuse` for arguments that are not JSON, for a URI that is not a string, and before the connection is open. It
   * never throws, so a call that is not awaited needs a `catch`.
   */
  call<Result = unknown>(procedure: Uri, ...args: List): Promise<Result>

  /** Calls with options: a timeout for this call, or a signal. Rejects as `call` does. */
  callWith<Result = unknown>(options: CallOptions, procedure: Uri, ...args: List): Promise<Result>

  /** The number of calls of this side that wait for an answer. */
  readonly pendingCalls: number

  // ---- being called

  /** Registers the methods of an object that have `@exportRpc`, or only those that `methods` names, under `baseUri` and their ids. */
  registerForRpc(object: object, baseUri?: Uri, methods?: readonly string[]): void

  /** Registers one method, or the method of this name, which is called on the object. */
  registerMethodForRpc(uri: Uri, object: object, method: Method | string): void

  /** Registers a function. */
  registerProcedureForRpc(uri: Uri, procedure: Method): void

  /** Registers a method that receives a `Call` instead of arguments. `extra` is passed to it in the `Call`. */
  registerHandlerMethodForRpc(uri: Uri, object: object, handler: Method | string, extra?: unknown): void

  /** Registers a function that receives a `Call` instead of arguments. `extra` is passed to it in the `Call`. */
  registerHandlerProcedureForRpc(uri: Uri, handler: (call: Call<this>) => unknown, extra?: unknown): void

  /** Removes a procedure. Returns false if there was none. */
  unregisterForRpc(uri: Uri): boolean

  /** Returns the registration of a URI. */
  procForUri(uri: Uri): Registration | undefined

  // ---- hooks of a received call, in their order

  /** Called before the procedure. It returns the URI and the arguments to call, which it may change. Throwing refuses the call. */
  onBeforeCall(callId: string, uri: Uri, args: List, isRegistered: boolean): Awaitable<readonly [uri: Uri, args: List]>

  /** Called when the procedure has returned. The value that it returns is sent as the result. */
  onAfterCallSuccess(result: unknown, call: Call): unknown

  /** Called when the procedure has thrown, or its promise has rejected. The value that it returns is sent as the error. */
  onAfterCallError(error: unknown, call: Call): unknown

  /** Called when the result has been sent, as this text. */
  onAfterSendCallSuccess(message: string, call: Call): void

  /** Called when the error has been sent, as this text. */
  onAfterSendCallError(message: string, call: Call): void

  // ---- CURIEs

  /** Returns the CURIE of a URI, by the prefixes of this session; the URI itself if no prefix fits. */
  shrink(uri: Uri): Uri

  /** Returns the URI of a CURIE; `undefined` if its prefix is unknown. */
  resolve(curie: Uri): Uri | undefined

  /** Returns the URI of a CURIE, or the argument itself if its prefix is unknown. */
  resolveOrPass(curieOrUri: Uri): Uri
}

/** A class with these members and any constructor. A mixin takes one and adds members. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript requires it for the constructors of mixins
export type ClassOf<Members> = abstract new (...args: any[]) => Members

/** Adds the methods of `WampProtocol` to a class that carries messages. */
export function wampProtocol<Base extends ClassOf<MessageTier>>(base: Base, side: 'client' | 'server'): Base & ClassOf<WampProtocol> {
  abstract class WithWamp extends base implements WampProtocol {
    readonly [engine]: Rpc = new Rpc(this, side)

    onSessionOpen(): Awaitable<void> {}

    get sessionId(): string | undefined {
      return undefined
    }

    call<Result = unknown>(procedure: Uri, ...args: List): Promise<Result> {
      return this[engine].call(noOptions, procedure, args) as Promise<Result>
    }

    callWith<Result = unknown>(options: CallOptions, procedure: Uri, ...args: List): Promise<Result> {
      return this[engine].call(options, procedure, args) as Promise<Result>
    }

    get pendingCalls(): number {
      return this[engine].pendingCalls
    }

    registerForRpc(object: object, baseUri: Uri = '', methods?: readonly string[]): void {
      for (const { id, method } of exportedProcedures(object, methods)) {
        this[engine].procedures.add(baseUri + id, 'procedure', method, object)
      }
    }

    registerMethodForRpc(uri: Uri, object: object, method: Method | string): void {
      this[engine].procedures.add(uri, 'procedure', methodOf(object, method), object)
    }

    registerProcedureForRpc(uri: Uri, procedure: Method): void {
      this[engine].procedures.add(uri, 'procedure', procedure, undefined)
    }

    registerHandlerMethodForRpc(uri: Uri, object: object, handler: Method | string, extra?: unknown): void {
      this[engine].procedures.add(uri, 'handler', methodOf(object, handler), object, extra)
    }

    registerHandlerProcedureForRpc(uri: Uri, handler: (call: Call<this>) => unknown, extra?: unknown): void {
      this[engine].procedures.add(uri, 'handler', handler, undefined, extra)
    }

    unregisterForRpc(uri: Uri): boolean {
      return this[engine].procedures.remove(uri)
    }

    procForUri(uri: Uri): Registration | undefined {
      return this[engine].procedures.get(uri)
    }

    onBeforeCall(_callId: string, uri: Uri, args: List, _isRegistered: boolean): Awaitable<readonly [uri: Uri, args: List]> {
      return [uri, args]
    }

    onAfterCallSuccess(result: unknown, _call: Call): unknown {
      return result
    }

    onAfterCallError(error: unknown, _call: Call): unknown {
      return error
    }

    onAfterSendCallSuccess(_message: string, _call: Call): void {}

    onAfterSendCallError(_message: string, _call: Call): void {}

    shrink(uri: Uri): Uri {
      return this[engine].prefixes.shrink(uri)
    }

    resolve(curie: Uri): Uri | undefined {
      return this[engine].prefixes.resolve(curie)
    }

    resolveOrPass(curieOrUri: Uri): Uri {
      return this[engine].prefixes.resolveOrPass(curieOrUri)
    }
  }
  return WithWamp
}

const noOptions: CallOptions = {}
