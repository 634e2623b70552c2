import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { countComponents } from './wildcard-tree.ts'

/** The limits of the names and patterns that sessions ask for. */
export interface PatternLimits {
  /** The longest URI, in characters. */
  readonly maxUriLength: number
  /** The most components of a wildcard pattern. */
  readonly maxComponents: number
  /** The most empty components of a wildcard pattern: each may double the ways that a search tries. */
  readonly maxEmptyComponents: number
}

/** Says in one sentence what is wrong with the size of a name or pattern; `undefined` where nothing is. */
export function patternFault(uri: Uri, match: MatchPolicy, limits: PatternLimits): string | undefined {
  if (uri.length > limits.maxUriLength) return `a URI has at most ${limits.maxUriLength} characters, and this one has ${uri.length}`
  if (match !== 'wildcard') return undefined
  const components = countComponents(uri)
  if (components > limits.maxComponents) return `a wildcard pattern has at most ${limits.maxComponents} components, and not ${components}`
  const empty = countEmpty(uri)
  return empty > limits.maxEmptyComponents
    ? `a wildcard pattern has at most ${limits.maxEmptyComponents} empty components, and not ${empty}`
    : undefined
}

function countEmpty(uri: Uri): number {
  let count = 0
  for (const component of uri.split('.')) if (component === '') count++
  return count
}
