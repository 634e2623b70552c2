import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { ResultDetails, Uri } from '../messages/message.ts'
import { emptyPayload, type Kwargs, type Payload, payloadOf } from '../messages/payload.ts'
import { checkPayload } from './check-payload.ts'

/** The whole result of a call, or one of its progressive results. */
export interface CallResult<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs> {
  readonly args: Args
  readonly kwargs: Keywords
  readonly details: ResultDetails
}

/** Several positional values, or keywords, in the place of one value. Made by `result`. */
export class Answer<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs> {
  readonly args: Args
  readonly kwargs: Keywords

  constructor(args: Args, kwargs: Keywords) {
    this.args = args
    this.kwargs = kwargs
  }
}

/**
 * Makes an answer of several positional values, or with keywords: what a handler returns or yields, or a chunk of a call, where one value does
 * not say it.
 */
export function result<Args extends readonly unknown[] = readonly [], Keywords extends object = Kwargs>(
  args?: Args,
  kwargs?: Keywords,
): Answer<Args, Keywords> {
  checkPayload('result', args, kwargs)
  return new Answer((args ?? emptyPayload.args) as Args, (kwargs ?? emptyPayload.kwargs) as Keywords)
}

/** Makes the payload of a value that a handler has returned or yielded. */
export function payloadOfValue(value: unknown): Payload | undefined {
  if (value === undefined) return undefined
  return value instanceof Answer ? payloadOf(value.args, value.kwargs as Kwargs) : { args: [value], kwargs: emptyPayload.kwargs }
}

/** Whether a payload is one value, or none. */
export function isSingle({ args, kwargs }: Payload): boolean {
  if (args.length > 1) return false
  for (const _ in kwargs) return false
  return true
}

/** Returns the value of a payload that has one or none. Throws `ApiMisuse` for another, which `call` cannot return (decision 128). */
export function singleValue(payload: Payload | undefined, procedure: Uri): unknown {
  if (payload === undefined) return undefined
  if (isSingle(payload)) return payload.args[0]
  const { args, kwargs } = payload
  const counts = `${args.length} positional values and ${Object.keys(kwargs).length} keywords`
  throw new ApiMisuse(`the result of ${procedure} has ${counts}, and call returns one value: use callResult`)
}

/** Returns the value of a progressive result or a chunk; one that is not a single value becomes an `Answer`. */
export function itemOf(payload: Payload | undefined): unknown {
  if (payload === undefined) return undefined
  return isSingle(payload) ? payload.args[0] : new Answer(payload.args, payload.kwargs)
}
