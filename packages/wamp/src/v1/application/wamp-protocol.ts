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

/** For the other parts of this folder: applications have no business with the engine behind a protocol. */
export const engine: unique symbol = Symbol('engine')

/**
 * What both sides of WAMP can do, the seed's `WampProtocol`: call procedures of the peer, offer procedures to it, and watch calls come and go.
 *
 * `on…` are hooks to override. A hook of calls that throws, or whose promise rejects, answers the call with an error.
 */
export interface WampProtocol extends CallHooks {
  readonly [engine]: Rpc

  /** The session is open: both sides may call. Register procedures and topics, subscribe and call here. */
  onSessionOpen(): Awaitable<void>

  /** The session's id; `undefined` until it is open. */
  readonly sessionId: string | undefined

  // ---- calling

  /**
   * Calls a procedure of the peer, by URI or CURIE. The type of the result is the caller's word.
   *
   * Rejects with `RpcError` where the procedure fails, `CallTimedOut` after the option `callTimeout`, `ConnectionClosed` when the connection
   * is lost or closing, and `ApiMisuse` for arguments that are not JSON, for a URI that is not a string, and before the connection is open.
   * It never throws, so a call that nobody awaits needs a `catch`.
   */
  call<Result = unknown>(procedure: Uri, ...args: List): Promise<Result>

  /** Calls with a timeout of its own, or a signal. Rejects as `call` does. */
  callWith<Result = unknown>(options: CallOptions, procedure: Uri, ...args: List): Promise<Result>

  /** Calls of this side that wait for an answer. */
  readonly pendingCalls: number

  // ---- being called

  /** Registers the methods of an object that have `@exportRpc`, or those of them that are named, under `baseUri` and their ids. */
  registerForRpc(object: object, baseUri?: Uri, methods?: readonly string[]): void

  /** Registers one method, which is called on the object: a function, or the name of it. */
  registerMethodForRpc(uri: Uri, object: object, method: Method | string): void

  /** Registers a function. */
  registerProcedureForRpc(uri: Uri, procedure: Method): void

  /** Registers a method that is given a `Call` in place of arguments. `extra` is handed on in it. */
  registerHandlerMethodForRpc(uri: Uri, object: object, handler: Method | string, extra?: unknown): void

  /** Registers a function that is given a `Call` in place of arguments. */
  registerHandlerProcedureForRpc(uri: Uri, handler: (call: Call<this>) => unknown, extra?: unknown): void

  /** Takes a procedure back; `false`: none was there. */
  unregisterForRpc(uri: Uri): boolean

  /** What is registered under a URI. */
  procForUri(uri: Uri): Registration | undefined

  // ---- hooks of a call that comes in, in their order

  /** Before the call: what it returns is called, so it may redirect a call or change its arguments; throwing refuses it. */
  onBeforeCall(callId: string, uri: Uri, args: List, isRegistered: boolean): Awaitable<readonly [uri: Uri, args: List]>

  /** The procedure has returned; what this returns is sent. */
  onAfterCallSuccess(result: unknown, call: Call): unknown

  /** The procedure has thrown, or its promise has rejected; what this returns is sent in its place. */
  onAfterCallError(error: unknown, call: Call): unknown

  /** The result has been sent, as this text. */
  onAfterSendCallSuccess(message: string, call: Call): void

  /** The error has been sent, as this text. */
  onAfterSendCallError(message: string, call: Call): void

  // ---- CURIEs

  /** The CURIE of a URI, by the prefixes of this session; the URI itself where no prefix fits. */
  shrink(uri: Uri): Uri

  /** The URI that a CURIE stands for, `undefined` where its prefix is unknown. */
  resolve(curie: Uri): Uri | undefined

  /** The URI that a CURIE stands for, or what was given. */
  resolveOrPass(curieOrUri: Uri): Uri
}

/** A class that has these members, whatever it is constructed with: a mixin takes one and adds to it. */
// biome-ignore lint/suspicious/noExplicitAny: what TypeScript wants of the constructors of mixins
export type ClassOf<Members> = abstract new (...args: any[]) => Members

/** Puts `WampProtocol` on a class that carries messages. A server shrinks the URIs of errors by the client's prefixes, a client does not. */
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
