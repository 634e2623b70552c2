import { isPromise } from '@autobahn-ts/websocket/portable'
import type { Kwargs } from '../messages/payload.ts'
import type { ProcedureHandler } from '../session/callee.ts'
import type { Invocation } from '../session/invocation.ts'
import type { EventHandler, WampEvent } from '../session/subscriptions.ts'
import { type ArgumentSchemas, checkArgumentSchemas, checkedArguments } from './checked-arguments.ts'

/** Makes a handler of calls whose arguments are checked first. Throws `ApiMisuse` for what are not schemas. */
export function checkedProcedure(handler: ProcedureHandler, schemas: ArgumentSchemas, where: string): ProcedureHandler {
  checkArgumentSchemas(schemas, where)
  return invocation => {
    const checked = checkedArguments(schemas, invocation)
    const run = ({ args, kwargs }: { readonly args: readonly unknown[]; readonly kwargs: Kwargs }): unknown =>
      handler(invocation.with(args, kwargs) as Invocation)
    return isPromise(checked) ? checked.then(run) : run(checked)
  }
}

/** Makes a handler of events whose values are checked first; it throws for an event that does not fit. Throws `ApiMisuse` for what are not schemas. */
export function checkedSubscriber(handler: EventHandler, schemas: ArgumentSchemas, where: string): EventHandler {
  checkArgumentSchemas(schemas, where)
  return event => {
    const checked = checkedArguments(schemas, event)
    const run = (values: Pick<WampEvent, 'args' | 'kwargs'>): unknown => handler({ ...event, ...values })
    return isPromise(checked) ? checked.then(run) : run(checked)
  }
}
