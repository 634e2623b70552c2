import type { MatchPolicy, Uri } from './message.ts'

/** Which URIs are valid: `loose` is what every router has to take, `strict` is what applications should use. */
export type UriRules = 'loose' | 'strict'

/**
 * Tells whether a string is a URI by the rules: components that are not empty, with dots between them. In a component, `loose` allows all but
 * white space, dots and `#`; `strict` allows lower-case letters, digits and `_`.
 */
export function isUri(uri: string, rules: UriRules = 'loose'): boolean {
  return expressions[rules].exact.test(uri)
}

/**
 * Tells whether a string is a pattern by the rules: a URI for `exact`; for `prefix` the last component may be empty, and so may be the whole;
 * for `wildcard` any component may be empty.
 */
export function isUriPattern(pattern: string, match: MatchPolicy = 'exact', rules: UriRules = 'loose'): boolean {
  return expressions[rules][match].test(pattern)
}

/** Tells whether a pattern matches a URI: `prefix` by characters, `wildcard` by components, of which an empty one matches any. */
export function matchesUri(pattern: Uri, match: MatchPolicy, uri: Uri): boolean {
  if (match === 'exact') return pattern === uri
  if (match === 'prefix') return uri.startsWith(pattern)
  const wanted = pattern.split('.')
  const given = uri.split('.')
  return wanted.length === given.length && wanted.every((component, n) => component === '' || component === given[n])
}

/** Tells whether the first component of a URI is `wamp`, which belongs to the router. */
export function isReservedUri(uri: Uri): boolean {
  return uri.startsWith('wamp.') || uri === 'wamp'
}

/** Tells whether a string is a pattern by the loose rules, as `isUriPattern` does: a page loads no others. */
export function isLoosePattern(pattern: string, match: MatchPolicy = 'exact'): boolean {
  return loose[match].test(pattern)
}

/**
 * The expressions of the specification. They are written so that no string takes more than one pass: a component ends only at a dot, and
 * contains none.
 */
const loose: Readonly<Record<MatchPolicy, RegExp>> = {
  exact: /^[^\s.#]+(?:\.[^\s.#]+)*$/,
  prefix: /^(?:[^\s.#]+\.)*[^\s.#]*$/,
  wildcard: /^[^\s.#]*(?:\.[^\s.#]*)*$/,
}
const strict: Readonly<Record<MatchPolicy, RegExp>> = {
  exact: /^[0-9a-z_]+(?:\.[0-9a-z_]+)*$/,
  prefix: /^(?:[0-9a-z_]+\.)*[0-9a-z_]*$/,
  wildcard: /^[0-9a-z_]*(?:\.[0-9a-z_]*)*$/,
}
const expressions: Readonly<Record<UriRules, Readonly<Record<MatchPolicy, RegExp>>>> = { loose, strict }
