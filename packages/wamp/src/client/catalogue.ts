import type { Kwargs } from '../messages/payload.ts'
import type { Answer } from '../session/answer.ts'

/**
 * The names of an application with their types, for `connect<Api>(…)`. Keys are URIs; a template literal stands for a pattern of them:
 * `` [uri: `com.user.${string}`] ``.
 *
 * - `procedures`: a function type, whose result may be a promise or an `AsyncIterable` of progressive results; or an object with `args`, `kwargs`,
 *   `result`, `progress` and `chunks`, of which only `args` is required.
 * - `topics`: the tuple of positional values, or an object with `args` and `kwargs`.
 * - `errors`: as topics.
 */
export interface Catalogue {
  readonly procedures?: object
  readonly topics?: object
  readonly errors?: object
}

/** The parts of a catalogue, also those that it leaves out. */
export type ProceduresOf<Api> = Api extends { readonly procedures: infer Procedures } ? Procedures : NoEntries
export type TopicsOf<Api> = Api extends { readonly topics: infer Topics } ? Topics : NoEntries
export type ErrorsOf<Api> = Api extends { readonly errors: infer Errors } ? Errors : NoEntries

/** The URIs of a part of a catalogue. */
export type UriOf<Entries> = keyof Entries & string

/** The positional values of an entry. */
export type ArgsOf<Entry> = Entry extends (...args: infer Args) => unknown
  ? Args
  : Entry extends readonly unknown[]
    ? Entry
    : Entry extends { readonly args: infer Args extends readonly unknown[] }
      ? Args
      : readonly unknown[]

/** The keywords of an entry. */
export type KwargsOf<Entry> = Entry extends { readonly kwargs: infer Keywords } ? Keywords : Kwargs

/** The result of a procedure. */
export type ResultOf<Entry> = Entry extends (...args: never[]) => infer Result
  ? FinalOf<Awaited<Result>>
  : Entry extends { readonly result: infer Result }
    ? Result
    : unknown

/** The progressive results of a procedure. */
export type ProgressOf<Entry> = Entry extends (...args: never[]) => AsyncIterable<infer Progress> | Promise<AsyncIterable<infer Progress>>
  ? Progress
  : Entry extends { readonly progress: infer Progress }
    ? Progress
    : unknown

/** The chunks that a procedure takes. */
export type ChunkOf<Entry> = Entry extends { readonly chunks: infer Chunk } ? Chunk : unknown

/** The values that a handler of a procedure may return. */
export type Answers<Result, Progress> = OneAnswer<Result> | Promise<OneAnswer<Result>> | Progressively<Result, Progress>
type OneAnswer<Result> = Result | Answer
type Progressively<Result, Progress> =
  | AsyncGenerator<Progress | Answer, OneAnswer<Result>, undefined>
  | Generator<Progress | Answer, OneAnswer<Result>, undefined>
  | AsyncIterable<Progress | Answer>

/** The parameters of a call after its procedure. What may be empty may be left out. */
export type CallParameters<Args extends readonly unknown[], Keywords, Options> = [] extends Args
  ? NoEntries extends Keywords
    ? [args?: Args, kwargs?: Keywords, options?: Options]
    : [args: Args, kwargs: Keywords, options?: Options]
  : NoEntries extends Keywords
    ? [args: Args, kwargs?: Keywords, options?: Options]
    : [args: Args, kwargs: Keywords, options?: Options]

type FinalOf<Result> =
  Result extends AsyncGenerator<unknown, infer Final, never> ? Final : Result extends AsyncIterable<unknown> ? undefined : Result

type NoEntries = { readonly [uri in never]: never }
