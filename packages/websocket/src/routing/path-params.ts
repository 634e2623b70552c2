/**
 * The parameters that a route's path names, as a type made from the literal: `PathParams<'/room/:id/*'>` is
 * `{ readonly id: string; readonly '*': string }`.
 *
 * A path whose text the compiler does not know may name any.
 */
export type PathParams<Path extends string = string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in NamesIn<Path>]: string }

/** The path `'*'` has no slash, and so no parameters. */
type NamesIn<Path extends string> = Path extends `/${infer Segments}` ? NamesAmong<Segments> : never

type NamesAmong<Segments extends string> = Segments extends `${infer First}/${infer Others}`
  ? NameOf<First> | NamesAmong<Others>
  : NameOf<Segments>

type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends '*'
    ? '*'
    : Segment extends `*${infer Name}`
      ? Name
      : never
