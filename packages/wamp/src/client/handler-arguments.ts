import { ApiMisuse, isPromise, shownValue } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { Kwargs } from '../messages/payload.ts'
import type { ProcedureHandler } from '../session/callee.ts'
import type { Invocation } from '../session/invocation.ts'
import type { EventHandler, WampEvent } from '../session/subscriptions.ts'
import { WampError } from '../session/wamp-error.ts'
import { type ArgumentSchemas, checkedArguments, isArgumentSchemas } from './checked-arguments.ts'

/** The arguments of `register` and `subscribe` after the URI: schemas may stand before the handler. */
export type HandlerArguments<Handler, Options> =
  | readonly [handler: Handler, options?: Options | undefined]
  | readonly [schemas: ArgumentSchemas, handler: Handler, options?: Options | undefined]

/** Takes the arguments apart. Throws `ApiMisuse` where there is no handler, or something else than schemas before it. */
export function handlerArguments<Handler, Options extends object>(
  rest: HandlerArguments<Handler, Options>,
  where: string,
  uri: Uri,
): [schemas: ArgumentSchemas | undefined, handler: Handler, options: Options] {
  const [first, second, third] = rest
  if (typeof first === 'function') return [undefined, first as Handler, (second ?? {}) as Options]
  if (typeof second === 'function' && isArgumentSchemas(first, `${where} of ${uri}`))
    return [first, second as Handler, (third ?? {}) as Options]
  throw new ApiMisuse(`${where} of ${uri} takes a handler, which is a function, and not ${shownValue(first)}`)
}

/** Hands the positional arguments to a function. Keywords, which it cannot get, are refused. */
export function plainHandler(procedure: (...args: never[]) => unknown): ProcedureHandler {
  return ({ args, kwargs }) => {
    for (const name in kwargs) throw new WampError('wamp.error.invalid_argument', [`the procedure takes no keywords, and got ${name}`])
    return procedure(...(args as never[]))
  }
}

/** Makes a handler of calls whose arguments are checked first. */
export function checkedProcedure(handler: ProcedureHandler, schemas: ArgumentSchemas): ProcedureHandler {
  return invocation => {
    const checked = checkedArguments(schemas, invocation)
    const run = ({ args, kwargs }: { readonly args: readonly unknown[]; readonly kwargs: Kwargs }): unknown =>
      handler(invocation.with(args, kwargs) as Invocation)
    return isPromise(checked) ? checked.then(run) : run(checked)
  }
}

/** Makes a handler of events whose values are checked first; it throws for an event that does not fit. */
export function checkedSubscriber(handler: EventHandler, schemas: ArgumentSchemas): EventHandler {
  return event => {
    const checked = checkedArguments(schemas, event)
    const run = (values: Pick<WampEvent, 'args' | 'kwargs'>): unknown => handler({ ...event, ...values })
    return isPromise(checked) ? checked.then(run) : run(checked)
  }
}
