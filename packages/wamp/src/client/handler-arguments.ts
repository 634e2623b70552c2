import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { ProcedureHandler } from '../session/callee.ts'
import { WampError } from '../session/wamp-error.ts'
import type { ArgumentSchemas } from './checked-arguments.ts'

/** The arguments of `register` and `subscribe` after the URI: schemas may stand before the handler. */
export type HandlerArguments<Handler, Options> =
  | readonly [handler: Handler, options?: Options | undefined]
  | readonly [schemas: ArgumentSchemas, handler: Handler, options?: Options | undefined]

/** Takes the arguments apart. Throws `ApiMisuse` where there is no handler. Schemas before it are checked by who uses them. */
export function handlerArguments<Handler, Options extends object>(
  rest: HandlerArguments<Handler, Options>,
  where: string,
  uri: Uri,
): [schemas: ArgumentSchemas | undefined, handler: Handler, options: Options] {
  const [first, second, third] = rest
  if (typeof first === 'function') return [undefined, first as Handler, (second === undefined ? {} : second) as Options]
  if (typeof second === 'function' && typeof first === 'object' && first !== null)
    return [first, second as Handler, (third === undefined ? {} : third) as Options]
  // a URI that is not a text may have none
  throw new ApiMisuse(
    `${where} of ${typeof uri === 'string' ? uri : shownValue(uri)} takes a handler, which is a function, and not ${shownValue(first)}`,
  )
}

/** Hands the positional arguments to a function. Keywords, which it cannot get, are refused. */
export function plainHandler(procedure: (...args: never[]) => unknown): ProcedureHandler {
  return ({ args, kwargs }) => {
    for (const name in kwargs) throw new WampError('wamp.error.invalid_argument', [`the procedure takes no keywords, and got ${name}`])
    return procedure(...(args as never[]))
  }
}
