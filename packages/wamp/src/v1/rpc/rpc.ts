import { ConnectionClosed } from '@autobahn-ts/websocket/portable'
import { tooMuch } from '../../faults/peer-fault.ts'
import { PendingRequests } from '../../workload/pending-requests.ts'
import { SessionWork } from '../../workload/session-work.ts'
import { CALL, type CallError, type CallMessage, type CallResult, type List, type Uri } from '../messages/message.ts'
import { PrefixMap } from '../messages/prefix-map.ts'
import { ErrorUri } from '../messages/uris.ts'
import { sendUnskipped } from '../ports/message-tier.ts'
import { type WampFactory, wampFactoryOf } from '../ports/wamp-factory.ts'
import { serializedFor } from '../serializers/serializer.ts'
import { type CallOptions, checkCall } from './call-options.ts'
import { type Callee, IncomingCalls } from './incoming-calls.ts'
import { Procedures } from './procedures.ts'
import { RpcError } from './rpc-error.ts'

/** The caller and the callee of one connection, and the prefixes of its session. WAMP 1 has both on either side. */
export class Rpc {
  readonly prefixes: PrefixMap = new PrefixMap()
  readonly procedures: Procedures = new Procedures()
  /** While it returns true, callers do not get the text of errors other than `RpcError`. */
  hidesErrors: () => boolean = () => false
  /** Called when a call of this side waits for its answer. */
  callBegan: () => void = () => undefined
  readonly #host: Callee
  readonly #side: 'client' | 'server'
  readonly #pending = new PendingRequests(String)
  #incoming: IncomingCalls | undefined
  #knownFactory: WampFactory | undefined
  #work: SessionWork | undefined
  #isWatching = false

  constructor(host: Callee, side: 'client' | 'server') {
    this.#host = host
    this.#side = side
  }

  get factory(): WampFactory {
    this.#knownFactory ??= wampFactoryOf(this.#host)
    return this.#knownFactory
  }

  /** The work in progress for the peer. */
  get work(): SessionWork {
    this.#work ??= new SessionWork(this.factory)
    return this.#work
  }

  /** Resolves a URI or CURIE from the peer. Throws `PeerMisbehaved` if it is longer than `maxUriLength`, which a short CURIE may be. */
  resolved(curieOrUri: Uri): Uri {
    const uri = this.prefixes.resolve(curieOrUri)
    if (uri === undefined) return curieOrUri
    const { maxUriLength } = this.factory.wampOptions
    if (uri.length > maxUriLength) throw tooMuch(`a CURIE for a URI of ${uri.length} letters; ${maxUriLength} are allowed`)
    return uri
  }

  /** The number of this side's calls that wait for an answer. */
  get pendingCalls(): number {
    return this.#pending.size
  }

  /** Calls the peer. Never throws: a call that could never be sent rejects with `ApiMisuse`. */
  call(options: CallOptions | undefined, uri: Uri, args: List): Promise<unknown> {
    try {
      return this.#call(options, uri, args)
    } catch (misuse) {
      return Promise.reject(misuse)
    }
  }

  #call(options: CallOptions = {}, uri: Uri, args: List): Promise<unknown> {
    checkCall(options, uri)
    const { wampOptions, clock } = this.factory
    const timeout = options.timeout ?? wampOptions.callTimeout
    if (options.signal?.aborted) return Promise.reject(options.signal.reason)
    if (this.#pending.size >= wampOptions.maxOutgoingCalls) return Promise.reject(tooMany(wampOptions.maxOutgoingCalls))
    this.#watch()
    const answer = this.#pending.add(callId => this.#sendCall(callId, uri, args), clock, timeout, options.signal)
    this.callBegan()
    return answer
  }

  /** Takes a CALL message, which is answered when its procedure is done. `size`: octets that the call takes until then. */
  takeCall(message: CallMessage, size: number): void {
    this.#incoming ??= this.#makeIncoming()
    this.#incoming.received(message[1], this.resolved(message[2]), message.slice(3), size)
  }

  /** Takes a CALLRESULT message. One that no call waits for is ignored. */
  takeResult([, callId, result]: CallResult): void {
    this.#pending.resolve(callId, result)
  }

  /** Takes a CALLERROR message. One that no call waits for is ignored. */
  takeError([, callId, uri, description, details]: CallError): void {
    this.#pending.reject(callId, new RpcError(this.prefixes.resolveOrPass(uri) || ErrorUri.Generic, description, details))
  }

  /**
   * Rejects the waiting calls when the connection is gone. Begins with the first call, and does not depend on hooks that applications
   * override.
   */
  #watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    void this.#host.closed.then(({ code, reason }) => this.#wasClosed(code, reason))
  }

  #wasClosed(code: number, reason: string): void {
    this.#pending.rejectAll(new ConnectionClosed(code, `the connection closed before the call was answered: ${code} ${reason}`.trimEnd()))
  }

  #sendCall(callId: string, uri: Uri, args: List): void {
    const message = serializedFor('the arguments of a call', this.factory, [CALL, callId, uri, ...args])
    sendUnskipped(this.#host, message)
    // A call that was not sent gets no answer. A closing connection is not misuse.
    if (!this.#host.isOpen) this.#pending.reject(callId, new ConnectionClosed(1006, 'the connection is closing; the call was not sent'))
  }

  #makeIncoming(): IncomingCalls {
    return new IncomingCalls(
      this.#host,
      this.factory,
      this.procedures,
      this.work,
      error => this.#shrunk(error),
      () => this.hidesErrors(),
    )
  }

  /**
   * Shortens the URI of an error, on a server only: its client defined the prefixes. Older servers would not expand a client's prefixes.
   */
  #shrunk(uri: Uri): Uri {
    return this.#side === 'server' ? this.prefixes.shrink(uri) : uri
  }
}

function tooMany(limit: number): RpcError {
  return new RpcError(ErrorUri.TooManyCalls, `${limit} calls of this connection wait for their answers`)
}
