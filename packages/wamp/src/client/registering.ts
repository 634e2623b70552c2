import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { ProcedureHandler } from '../session/callee.ts'
import { checkedProcedure } from './checked-handlers.ts'
import { type HandlerArguments, handlerArguments, plainHandler } from './handler-arguments.ts'
import { type AllKept, Kept, type KeptEnd } from './kept.ts'
import { registerOptions } from './register-options.ts'
import { KeptRegistration, type Registration, RegistrationSet, type Registrations } from './registration.ts'
import { checkUri } from './request-arguments.ts'
import type { RegisterOptions } from './request-options.ts'
import { type CheckRequest, wireOptions } from './wire-options.ts'

/** The parts of a client that registering needs. */
export interface Registering {
  readonly all: AllKept
  /** Makes one thing now and in each later session. Resolves when it was made for the first time. */
  keep(kept: Kept): Promise<void>
  /** Tells the application of a revocation, if it was one. */
  revoked(revoked: KeptEnd['revoked'], onRevoked: ((reason: string | undefined) => void) | undefined): void
  readonly check: CheckRequest
}

/** Registers a procedure: `register` of a client. */
export async function register(
  { all, keep, revoked: told, check }: Registering,
  uri: Uri,
  rest: HandlerArguments<ProcedureHandler, RegisterOptions>,
): Promise<Registration> {
  const [schemas, handler, options] = handlerArguments(rest, 'register', uri)
  const wire = wireOptions<RegisterOptions>(options, registerOptions, 'register', check)
  checkUri('a procedure', uri, options.match)
  const procedure = schemas === undefined ? handler : checkedProcedure(handler, schemas, `register of ${uri}`)
  const kept = new Kept('registration', uri, all, {
    make: async (session, revoked) => {
      const registration = await session.register(uri, wire, procedure, revoked)
      return { id: registration.id, unmake: () => session.unregister(registration) }
    },
    ended: ({ revoked }) => told(revoked, options.onRevoked),
  })
  await keep(kept)
  return new KeptRegistration(kept)
}

/** Registers several plain functions: `serve` of a client. */
export async function serve(
  client: { register(uri: Uri, handler: ProcedureHandler, options?: RegisterOptions): Promise<Registration> },
  procedures: Readonly<Record<Uri, (...args: never[]) => unknown>>,
  options?: RegisterOptions,
): Promise<Registrations> {
  if (typeof procedures !== 'object' || procedures === null || Array.isArray(procedures)) {
    throw new ApiMisuse(`serve takes an object of functions by URI, and not ${shownValue(procedures)}`)
  }
  const entries = Object.entries(procedures)
  // all of them before the first is registered, because it throws
  for (const [uri, procedure] of entries)
    if (typeof procedure !== 'function') throw new ApiMisuse(`serve takes functions, and ${uri} is ${shownValue(procedure)}`)
  const outcomes = await Promise.allSettled(entries.map(([uri, procedure]) => client.register(uri, plainHandler(procedure), options)))
  const all = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failure = outcomes.find(outcome => outcome.status === 'rejected')
  if (failure === undefined) return new RegistrationSet(all)
  await Promise.allSettled(all.map(registration => registration.unregister()))
  throw failure.reason
}
