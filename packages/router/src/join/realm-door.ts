import type { HelloDetails, Id, MessageTransport, TransportListener, Uri } from '@autobahn-ts/wamp/protocol'
import type { Method, Principal } from '../auth/method.ts'

/** A client that has proved who it is, and is about to become a session. */
export interface Newcomer {
  readonly transport: MessageTransport
  readonly session: Id
  readonly realm: Uri
  readonly principal: Principal
  /** The one that it has proved to be, which `beforeJoin` may have replaced. */
  readonly proved: Principal
  /** The method by which it proved itself. */
  readonly authmethod: string
  /** Whether it is the application in this process, which may do everything. */
  readonly isLocal: boolean
  readonly hello: HelloDetails
}

/** The answer to a client that may not join. */
export interface Refusal {
  readonly reason: Uri
  readonly message: string
}

/** The claim of a client that wants to go on with a session. */
export interface ResumeClaim {
  readonly session: Id
  readonly token: string
  readonly authid: string | undefined
  readonly certificate: string | undefined
}

/** A session that goes on over another transport. */
export interface Resumable {
  readonly principal: Principal
  /**
   * Sends WELCOME over the transport, and what the client has not received. Returns what takes its messages from now on; `undefined` where the
   * session is over meanwhile, or what the client has not received is not kept. The session is over then. Also `undefined` where the transport does
   * not take a WELCOME of that size; the session waits on then.
   */
  resume(transport: MessageTransport, received: number): TransportListener | undefined
}

/** A realm, as seen by a client that wants to join. */
export interface RealmDoor {
  /** The methods of authentication, by name. */
  readonly methods: ReadonlyMap<string, Method>
  /** Tells why nobody can join at the moment, such as in a realm that is full or closes; `undefined` where one can. */
  refusal(newcomer: Newcomer): Refusal | undefined
  /** Finds the session that a client wants to go on with; `undefined` where the realm offers none, or anything in its claim is wrong. */
  resumable(claim: ResumeClaim): Resumable | undefined
  /** Makes a session of the newcomer and sends it WELCOME. Returns what takes its messages from now on. */
  admit(newcomer: Newcomer): TransportListener
}
