import { type Payload, payloadOf, type Uri } from '@autobahn-ts/wamp/protocol'
import { isPromise } from '@autobahn-ts/websocket/portable'
import { MetaArguments } from './meta-arguments.ts'
import { later, type MetaAnswer, type MetaProcedure, type MetaRealm } from './meta-call.ts'
import { registrationProcedures } from './registration-procedures.ts'
import type { Session } from './session.ts'
import { sessionProcedures } from './session-procedures.ts'
import { subscriptionProcedures } from './subscription-procedures.ts'
import { testamentProcedures } from './testament-procedures.ts'
import { watchProcedures } from './watch-procedures.ts'

/** The procedures `wamp.…` of a realm. */
export class MetaApi {
  readonly #realm: MetaRealm

  constructor(realm: MetaRealm) {
    this.#realm = realm
  }

  has(procedure: Uri): boolean {
    return procedures.has(procedure)
  }

  /**
   * Runs a procedure that exists. Returns its result, or `later` where the procedure answers by itself. Throws `MetaFailure`, or rejects with it where a
   * permission has to be awaited.
   */
  call(session: Session, procedure: Uri, payload: Payload | undefined, answer: MetaAnswer): MetaResult | Promise<MetaResult> {
    const result = procedures.get(procedure)!({ realm: this.#realm, session, args: new MetaArguments(payload), answer })
    return isPromise(result) ? Promise.resolve(result).then(resultOf) : resultOf(result)
  }
}

/** The result of a procedure: the payload of the answer, if there is one now. */
export type MetaResult = Payload | undefined | typeof later

function resultOf(value: unknown): MetaResult {
  if (value === later) return later
  return value === undefined ? undefined : payloadOf([value])
}

const procedures: ReadonlyMap<Uri, MetaProcedure> = new Map<Uri, MetaProcedure>([
  ...Object.entries(sessionProcedures),
  ...Object.entries(registrationProcedures),
  ...Object.entries(subscriptionProcedures),
  ...Object.entries(testamentProcedures),
  ...Object.entries(watchProcedures),
])
