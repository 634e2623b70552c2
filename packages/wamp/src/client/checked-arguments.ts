import { ApiMisuse, isPromise, type SchemaIssue, type SchemaResult, type StandardSchema, shownValue } from '@autobahn-ts/websocket/portable'
import type { Kwargs } from '../messages/payload.ts'
import { WampError } from '../session/wamp-error.ts'

/** Schemas for the arguments of a procedure or the values of an event, of any library that has the interface of Standard Schema. */
export interface ArgumentSchemas {
  /** For the list of the positional values. */
  readonly args?: StandardSchema
  /** For the object of the keywords. */
  readonly kwargs?: StandardSchema
}

/** Values after their check, as the schemas have made them. */
export interface CheckedArguments {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs
}

/**
 * Checks values by their schemas. Returns a promise only where a schema does. Throws, or rejects with, `WampError` `wamp.error.invalid_argument`,
 * whose `kwargs.issues` says what does not fit.
 */
export function checkedArguments(
  { args, kwargs }: ArgumentSchemas,
  given: { readonly args: readonly unknown[]; readonly kwargs: Kwargs },
): CheckedArguments | Promise<CheckedArguments> {
  const ofArgs = args === undefined ? { value: given.args } : args['~standard'].validate(given.args)
  const ofKwargs = kwargs === undefined ? { value: given.kwargs } : kwargs['~standard'].validate(given.kwargs)
  if (!isPromise(ofArgs) && !isPromise(ofKwargs)) return together(ofArgs, ofKwargs)
  return Promise.all([ofArgs, ofKwargs]).then(([args, kwargs]) => together(args, kwargs))
}

/** Throws `ApiMisuse` for an object in the place of schemas that has something else. */
export function checkArgumentSchemas(given: object, where: string): void {
  for (const [name, schema] of Object.entries(given)) {
    if (name !== 'args' && name !== 'kwargs') throw new ApiMisuse(`the schemas of ${where} are args and kwargs, and not ${name}`)
    const standard = (schema as StandardSchema | undefined)?.['~standard']
    if (schema !== undefined && typeof standard?.validate !== 'function') {
      throw new ApiMisuse(`the schema ${name} of ${where} must have the interface of Standard Schema, and not be ${shownValue(schema)}`)
    }
  }
}

function together(args: SchemaResult<unknown>, kwargs: SchemaResult<unknown>): CheckedArguments {
  const issues = [...issuesOf(args, 'args'), ...issuesOf(kwargs, 'kwargs')]
  if (issues.length === 0) return { args: args.value as readonly unknown[], kwargs: kwargs.value as Kwargs }
  throw new WampError('wamp.error.invalid_argument', [`${issues[0]!.path}: ${issues[0]!.message}`], { issues })
}

function issuesOf({ issues = [] }: SchemaResult<unknown>, name: string): { readonly message: string; readonly path: string }[] {
  return issues.map(({ message, path = [] }: SchemaIssue) => {
    return { message, path: [name, ...path.map(part => String(typeof part === 'object' ? part.key : part))].join('.') }
  })
}
