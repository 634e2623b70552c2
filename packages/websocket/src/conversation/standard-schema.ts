import { ApiMisuse, type SchemaIssue } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/**
 * A schema of any library that implements version 1 of Standard Schema (https://standardschema.dev), such as Zod, Valibot and ArkType.
 * Described here by its interface, so that the package depends on none of them.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** For the compiler alone; never there at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The outcome of a validation: the value, perhaps transformed, or the issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[]; readonly value?: undefined }

/** The type of the values that a schema returns. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output']

/** Checks that a value is a schema. Throws `ApiMisuse`. */
export function checkSchema(schema: unknown, where: string): void {
  const standard: unknown = isObject(schema) ? Reflect.get(schema, '~standard') : undefined
  if (!isObject(standard))
    throw new ApiMisuse(
      `the schema of ${where} must have the interface of Standard Schema, and not be ${shownValue(schema)}${hintFor(schema, where)}`,
    )
  const { version, validate } = standard as Partial<StandardSchema['~standard']>
  if (version !== 1) throw new ApiMisuse(`the schema of ${where} has version ${shownValue(version)} of Standard Schema, and not 1`)
  if (typeof validate !== 'function') throw new ApiMisuse(`the schema of ${where} has no function validate`)
}

/** Tells callers who give options in the place of the schema where they go. */
function hintFor(schema: unknown, where: string): string {
  const areOptions = isObject(schema) && ['onRefused', 'timeout', 'signal'].some(name => name in schema)
  return areOptions ? `: options come after it, ${where}(undefined, { … })` : ''
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
