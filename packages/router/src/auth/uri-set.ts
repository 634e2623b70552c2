import type { MatchPolicy } from '@autobahn-ts/wamp/protocol'

/** One component of URIs: a text, or all that begin with one. */
type Component = { readonly is: string } | { readonly begins: string }

/**
 * The set of URIs that a pattern matches, or that two patterns both match. Sets of this form are closed under intersection, so it can be
 * told whether a pattern is allowed wherever it can match, without a list of URIs.
 *
 * `begins` are all URIs that begin with these characters, however many components they have; `components` are URIs of as many components.
 */
export type UriSet = { readonly begins: string } | { readonly components: readonly Component[] }

/** Returns the set of URIs that a pattern matches: prefixes by characters, wildcards by components. */
export function uriSet(uri: string, match: MatchPolicy): UriSet {
  if (match === 'prefix') return { begins: uri }
  return { components: uri.split('.').map(text => (match === 'wildcard' && text === '' ? { begins: '' } : { is: text })) }
}

/** Returns the URIs that are in both sets; `undefined` where there are none. */
export function intersection(one: UriSet, other: UriSet): UriSet | undefined {
  if ('begins' in one) return 'begins' in other ? intersectionOfPrefixes(one.begins, other.begins) : within(other.components, one.begins)
  if ('begins' in other) return within(one.components, other.begins)
  const components = intersectionOfComponents(one.components, other.components)
  return components && { components }
}

/** Tells whether every URI of `inner` is in `outer`. */
export function contains(outer: UriSet, inner: UriSet): boolean {
  const both = intersection(outer, inner)
  return both !== undefined && same(both, inner)
}

function intersectionOfPrefixes(one: string, other: string): UriSet | undefined {
  if (one.startsWith(other)) return { begins: one }
  return other.startsWith(one) ? { begins: other } : undefined
}

/** The URIs of so many components that begin with a text: its last component may go on. */
function within(components: readonly Component[], text: string): UriSet | undefined {
  const parts = text.split('.')
  const last = parts.pop() ?? ''
  const wanted: Component[] = parts.map(part => ({ is: part }))
  wanted.push({ begins: last })
  if (wanted.length > components.length) return undefined
  while (wanted.length < components.length) wanted.push({ begins: '' })
  const both = intersectionOfComponents(components, wanted)
  return both && { components: both }
}

function intersectionOfComponents(ones: readonly Component[], others: readonly Component[]): Component[] | undefined {
  if (ones.length !== others.length) return undefined
  const both: Component[] = []
  for (const [i, one] of ones.entries()) {
    const component = intersectionOfTexts(one, others[i] as Component)
    if (component === undefined) return undefined
    both.push(component)
  }
  return both
}

function intersectionOfTexts(one: Component, other: Component): Component | undefined {
  if ('is' in one) return ('is' in other ? one.is === other.is : one.is.startsWith(other.begins)) ? one : undefined
  if ('is' in other) return other.is.startsWith(one.begins) ? other : undefined
  if (one.begins.startsWith(other.begins)) return one
  return other.begins.startsWith(one.begins) ? other : undefined
}

function same(one: UriSet, other: UriSet): boolean {
  if ('begins' in one) return 'begins' in other && one.begins === other.begins
  if ('begins' in other) return false
  return one.components.every((component, i) => sameComponent(component, other.components[i] as Component))
}

function sameComponent(one: Component, other: Component): boolean {
  return 'is' in one ? 'is' in other && one.is === other.is : 'begins' in other && one.begins === other.begins
}
