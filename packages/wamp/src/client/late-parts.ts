import { Authentication } from '../session/authentication.ts'
import { Callee } from '../session/callee.ts'
import type { Late } from '../session/late.ts'
import { sendChunks } from '../session/send-chunks.ts'
import { StreamOfCall } from './call-stream.ts'
import { checkedSubscriber } from './checked-handlers.ts'
import { StreamOfEvents } from './event-stream.ts'
import { InSequence } from './in-sequence.ts'
import { register, serve } from './registering.ts'
import { StreamOverflow } from './stream-overflow.ts'

/** The parts of a client that pages load with their first use (decision 156): by `register`, by `serve`, by schemas, by streams, by chunks, and by sequential handlers. */
export interface LateParts {
  readonly Callee: typeof Callee
  readonly sendChunks: typeof sendChunks
  readonly register: typeof register
  readonly serve: typeof serve
  readonly checkedSubscriber: typeof checkedSubscriber
  readonly InSequence: typeof InSequence
  readonly StreamOfCall: typeof StreamOfCall
  readonly StreamOfEvents: typeof StreamOfEvents
  readonly StreamOverflow: typeof StreamOverflow
}

/** The parts of a client that it loads with their first use, or has at hand. */
export interface LateClientParts extends Late<LateParts> {
  /** Returns the class that authenticates. It is loaded for the first session of a client with methods. */
  authentication(): Promise<typeof Authentication>
}

export const lateParts: LateParts = {
  Callee,
  sendChunks,
  register,
  serve,
  checkedSubscriber,
  InSequence,
  StreamOfCall,
  StreamOfEvents,
  StreamOverflow,
}

/** The parts of a client that has loaded all of them at once. */
export const partsAtHand: LateClientParts = { loaded: lateParts, load: async () => lateParts, authentication: async () => Authentication }
