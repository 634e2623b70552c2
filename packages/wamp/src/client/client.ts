/// <reference lib="esnext.disposable" preserve="true" />

import type { SchemaOutput, StandardSchema } from '@autobahn-ts/websocket/portable'
import type { Id, Uri } from '../messages/message.ts'
import type { Kwargs } from '../messages/payload.ts'
import type { CallResult } from '../session/answer.ts'
import type { Invocation } from '../session/invocation.ts'
import type { WampEvent } from '../session/subscriptions.ts'
import type { WampError } from '../session/wamp-error.ts'
import type { CallStream } from './call-stream.ts'
import type {
  Answers,
  ArgsOf,
  CallParameters,
  ChunkOf,
  ErrorsOf,
  KwargsOf,
  ProceduresOf,
  ProgressOf,
  ResultOf,
  TopicsOf,
  UriOf,
} from './catalogue.ts'
import type { ArgumentSchemas } from './checked-arguments.ts'
import type { JoinedSession } from './client-options.ts'
import type { EventStream } from './event-stream.ts'
import type { MetaProcedures, MetaTopics } from './meta-api.ts'
import type { Registration, Registrations, Subscription } from './registration.ts'
import type { CallArguments } from './request-arguments.ts'
import type { CallOptions, EventsOptions, PublishOptions, RegisterOptions, StreamOptions, SubscribeOptions } from './request-options.ts'

/**
 * A client of a router that stays connected. With a catalogue, `Client<Api>`, its names are typed; without one everything is `unknown` unless a type
 * argument says otherwise. The names of the meta API are always typed.
 */
export type Client<Api = unknown> = unknown extends Api
  ? UntypedClient
  : TypedClient<ProceduresOf<Api> & MetaProcedures, TopicsOf<Api> & MetaTopics, ErrorsOf<Api>>

/** The life of a client. */
export interface ClientLife {
  /** The current session; `undefined` while there is none. It is another one after each loss. */
  readonly session: JoinedSession | undefined
  /** Whether there is a session now. */
  readonly isJoined: boolean
  /** Resolves when the client is closed, or has given up; never rejects. */
  readonly closed: Promise<void>
  /** Whether the transport takes more for now. Above its limit messages wait in memory. */
  readonly isWritable: boolean
  /** Resolves when the transport takes more, and when the session ends. */
  writable(): Promise<void>
  /** Tries to connect now where the client waits for its next try: for signs that the network is back. */
  retryNow(): void
  /**
   * Says GOODBYE and closes for good. Calls in progress reject, loops end. Resolves when the transport is closed.
   *
   * The reason is a URI. Default: `wamp.close.close_realm`.
   */
  close(reason?: Uri, message?: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A client without a catalogue. */
export interface UntypedClient extends ClientLife {
  /** The client itself. */
  readonly untyped: UntypedClient

  call<U extends UriOf<MetaProcedures>>(
    procedure: U,
    ...rest: CallParameters<ArgsOf<MetaProcedures[U]>, KwargsOf<MetaProcedures[U]>, CallOptions>
  ): Promise<ResultOf<MetaProcedures[U]>>
  /**
   * Calls a procedure, and resolves with the one value of its result. A generator or a stream in the place of the arguments is sent in chunks.
   *
   * Rejects with `WampError` where the callee or the router answers with an error, and with `SessionClosed` where there is no session, or it ended
   * before the answer: then `mayHaveRun` says whether the call was sent. Rejects with `ApiMisuse` for a result with several values or keywords:
   * `callResult` gives that.
   */
  call<Result = unknown>(procedure: Uri, args?: CallArguments, kwargs?: Kwargs, options?: CallOptions): Promise<Result>

  /** Calls a procedure, and resolves with all that its result has. */
  callResult<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs>(
    procedure: Uri,
    args?: CallArguments,
    kwargs?: Kwargs,
    options?: CallOptions,
  ): Promise<CallResult<Args, Keywords>>

  /** Calls a procedure at once, and gives its progressive results as a loop. */
  stream<Progress = unknown, Result = unknown>(
    procedure: Uri,
    args?: CallArguments,
    kwargs?: Kwargs,
    options?: StreamOptions,
  ): CallStream<Progress, Result>

  /** Publishes an event, and resolves with its id when the router has confirmed it. */
  publish(topic: Uri, args: readonly unknown[] | undefined, kwargs: Kwargs | undefined, options: Acknowledged): Promise<Id>
  /** Publishes an event. Returns false where it was not sent, because there is no session. */
  publish(topic: Uri, args?: readonly unknown[], kwargs?: Kwargs, options?: Unacknowledged): boolean

  /**
   * Registers a procedure, in this session and those that follow. Resolves when the router has confirmed it; where there is no session, in the next one.
   *
   * The handler answers with what it returns, or throws: `WampError` reaches the caller, any other error is reported to `onError`. A generator
   * sends progressive results.
   */
  register<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs, Chunk = unknown>(
    uri: Uri,
    handler: (invocation: Invocation<Args, Keywords, Chunk>) => unknown,
    options?: RegisterOptions,
  ): Promise<Registration>
  /** Registers a procedure whose arguments are checked by schemas; callers get `wamp.error.invalid_argument` for what does not fit. */
  register<Schemas extends ArgumentSchemas>(
    uri: Uri,
    schemas: Schemas,
    handler: (invocation: Invocation<ArgsBy<Schemas>, KwargsBy<Schemas>>) => unknown,
    options?: RegisterOptions,
  ): Promise<Registration>

  /** Registers plain functions, which get the positional arguments. Their registrations end together. */
  serve(procedures: Readonly<Record<Uri, (...args: never[]) => unknown>>, options?: RegisterOptions): Promise<Registrations>

  subscribe<U extends UriOf<MetaTopics>>(
    topic: U,
    handler: (event: WampEvent<MetaTopics[U]>) => unknown,
    options?: SubscribeOptions,
  ): Promise<Subscription>
  /**
   * Subscribes to a topic, in this session and those that follow. Resolves when the router has confirmed it.
   *
   * The handler is called in the order of the events. Its promise is not waited for, unless the option `sequential` is set; its errors go to `onError`.
   */
  subscribe<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs>(
    topic: Uri,
    handler: (event: WampEvent<Args, Keywords>) => unknown,
    options?: SubscribeOptions,
  ): Promise<Subscription>
  /** Subscribes with schemas for the values of events. An event that does not fit goes to `onError`. */
  subscribe<Schemas extends ArgumentSchemas>(
    topic: Uri,
    schemas: Schemas,
    handler: (event: WampEvent<ArgsBy<Schemas>, KwargsBy<Schemas>>) => unknown,
    options?: SubscribeOptions,
  ): Promise<Subscription>

  /** Subscribes to a topic, and gives its events as a loop. */
  events<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs>(
    topic: Uri,
    options?: EventsOptions,
  ): EventStream<WampEvent<Args, Keywords>>
}

/** A client with a catalogue. The methods are those of `UntypedClient`; `untyped` takes the names that the catalogue does not have. */
export interface TypedClient<Procedures, Topics, Errors> extends ClientLife {
  readonly untyped: UntypedClient

  call<U extends UriOf<Procedures>>(
    procedure: U,
    ...rest: CallParameters<ArgsOf<Procedures[U]>, KwargsOf<Procedures[U]>, CallOptions<ProgressOf<Procedures[U]>, ChunkOf<Procedures[U]>>>
  ): Promise<ResultOf<Procedures[U]>>
  call<U extends UriOf<Procedures>>(
    procedure: U,
    chunks: AsyncIterable<ChunkOf<Procedures[U]>>,
    kwargs?: KwargsOf<Procedures[U]>,
    options?: CallOptions<ProgressOf<Procedures[U]>>,
  ): Promise<ResultOf<Procedures[U]>>

  callResult<U extends UriOf<Procedures>>(
    procedure: U,
    ...rest: CallParameters<ArgsOf<Procedures[U]>, KwargsOf<Procedures[U]>, CallOptions<ProgressOf<Procedures[U]>, ChunkOf<Procedures[U]>>>
  ): Promise<CallResult>

  stream<U extends UriOf<Procedures>>(
    procedure: U,
    ...rest: CallParameters<ArgsOf<Procedures[U]>, KwargsOf<Procedures[U]>, StreamOptions<ChunkOf<Procedures[U]>>>
  ): CallStream<ProgressOf<Procedures[U]>, ResultOf<Procedures[U]>>

  publish<U extends UriOf<Topics>>(
    topic: U,
    args: ArgsOf<Topics[U]>,
    kwargs: KwargsOf<Topics[U]> | undefined,
    options: Acknowledged,
  ): Promise<Id>
  publish<U extends UriOf<Topics>>(topic: U, ...rest: CallParameters<ArgsOf<Topics[U]>, KwargsOf<Topics[U]>, Unacknowledged>): boolean

  register<U extends UriOf<Procedures>>(
    uri: U,
    handler: (
      invocation: Invocation<ArgsOf<Procedures[U]>, KwargsOf<Procedures[U]>, ChunkOf<Procedures[U]>>,
    ) => Answers<ResultOf<Procedures[U]>, ProgressOf<Procedures[U]>>,
    options?: RegisterOptions & Exactly,
  ): Promise<Registration>
  register<U extends UriOf<Procedures>>(
    uri: U,
    schemas: ArgumentSchemas,
    handler: (
      invocation: Invocation<ArgsOf<Procedures[U]>, KwargsOf<Procedures[U]>, ChunkOf<Procedures[U]>>,
    ) => Answers<ResultOf<Procedures[U]>, ProgressOf<Procedures[U]>>,
    options?: RegisterOptions & Exactly,
  ): Promise<Registration>
  /** Registers a pattern. It may match names of several types, so nothing is known of the arguments. */
  register(uri: Uri, handler: (invocation: Invocation) => unknown, options: RegisterOptions & ByPattern): Promise<Registration>

  serve(
    procedures: {
      readonly [U in UriOf<Procedures>]?: (
        ...args: [...ArgsOf<Procedures[U]>]
      ) => Answers<ResultOf<Procedures[U]>, ProgressOf<Procedures[U]>>
    },
    options?: RegisterOptions,
  ): Promise<Registrations>

  subscribe<U extends UriOf<Topics>>(
    topic: U,
    handler: (event: WampEvent<ArgsOf<Topics[U]>, KwargsOf<Topics[U]>>) => unknown,
    options?: SubscribeOptions & Exactly,
  ): Promise<Subscription>
  subscribe<U extends UriOf<Topics>>(
    topic: U,
    schemas: ArgumentSchemas,
    handler: (event: WampEvent<ArgsOf<Topics[U]>, KwargsOf<Topics[U]>>) => unknown,
    options?: SubscribeOptions & Exactly,
  ): Promise<Subscription>
  /** Subscribes to a pattern. It may match topics of several types, so nothing is known of the values. */
  subscribe(topic: Uri, handler: (event: WampEvent) => unknown, options: SubscribeOptions & ByPattern): Promise<Subscription>

  events<U extends UriOf<Topics>>(
    topic: U,
    options?: EventsOptions & Exactly,
  ): EventStream<WampEvent<ArgsOf<Topics[U]>, KwargsOf<Topics[U]>>>
  events(topic: Uri, options: EventsOptions & ByPattern): EventStream

  /** Tells whether a value is an error of the catalogue, with its types. */
  isWampError<U extends UriOf<Errors>>(error: unknown, uri: U): error is WampError<U, ArgsOf<Errors[U]>, KwargsOf<Errors[U]>>
}

type Acknowledged = PublishOptions & { readonly acknowledge: true }
type Unacknowledged = PublishOptions & { readonly acknowledge?: false }
type Exactly = { readonly match?: 'exact' }
type ByPattern = { readonly match: 'prefix' | 'wildcard' }

/** The positional values as a schema makes them. */
type ArgsBy<Schemas extends ArgumentSchemas> = Schemas extends { readonly args: infer Schema extends StandardSchema }
  ? SchemaOutput<Schema> extends readonly unknown[]
    ? SchemaOutput<Schema>
    : readonly unknown[]
  : readonly unknown[]
type KwargsBy<Schemas extends ArgumentSchemas> = Schemas extends { readonly kwargs: infer Schema extends StandardSchema }
  ? SchemaOutput<Schema>
  : Kwargs
