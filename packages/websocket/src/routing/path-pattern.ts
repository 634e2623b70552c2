import { HttpException } from '../handshake/http/http-exception.ts'
import { isRequestPath } from '../handshake/http/request-target.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { PathParams } from './path-params.ts'

/** A part of a pattern, between two slashes. The rest of a path is what is left of it, slashes included; `'*'` gives it no name. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string | undefined }

/**
 * The path of a route: text that is compared as requests have it (escaped, case matters), `:name` for one segment that is not empty, and at
 * the end `*` or `*name` for the rest, which may be empty. `'*'` alone is every path.
 */
export class PathPattern {
  /** The pattern as it was written. */
  readonly text: string
  readonly segments: readonly Segment[]
  readonly #named: readonly Named[]

  /** Throws `ApiMisuse` for what is not a pattern, and for one that no request matches. */
  constructor(text: string) {
    this.text = text
    this.segments = segmentsOf(text)
    this.#named = this.segments.flatMap((segment, at) =>
      segment.kind === 'text' || segment.name === undefined ? [] : [{ name: segment.name, at, isRest: segment.kind === 'rest' }],
    )
    checkNames(text, this.#named)
  }

  /** The pattern without the names of its parameters: patterns of one shape match the same paths. */
  get shape(): string {
    return this.segments[0]?.kind === 'rest' ? '*' : this.segments.map(shapeOf).join('')
  }

  /** Whether the pattern matches one path only, its own text. */
  get isFixed(): boolean {
    return this.segments.every(({ kind }) => kind === 'text')
  }

  /**
   * Returns the parameters of a path that the pattern matches, percent-decoded.
   *
   * Throws an `HttpException` 400 for one that is not percent-encoded UTF-8.
   */
  paramsOf(path: string): PathParams {
    if (this.#named.length === 0) return none
    const segments = path.slice(1).split('/')
    return Object.fromEntries(
      this.#named.map(({ name, at, isRest }) => [name, decoded(name, isRest ? segments.slice(at).join('/') : segments[at]!)]),
    )
  }

  /** Throws as `paramsOf` does. Makes nothing where no character is escaped, as in most paths. */
  check(path: string): void {
    if (path.includes('%')) this.paramsOf(path)
  }
}

function shapeOf(segment: Segment): string {
  return `/${segment.kind === 'text' ? segment.text : segment.kind === 'param' ? ':' : '*'}`
}

/** A parameter: its name, and the number of slashes before it, less one. */
interface Named {
  readonly name: string
  readonly at: number
  readonly isRest: boolean
}

function segmentsOf(text: string): readonly Segment[] {
  if (text === '*') return [{ kind: 'rest', name: undefined }]
  if (!text.startsWith('/')) throw new ApiMisuse(`route ${text} must begin with a slash, or be '*'`)
  const parts = text.slice(1).split('/')
  return parts.map((part, at) => segmentOf(text, part, at === parts.length - 1))
}

function segmentOf(text: string, part: string, isLast: boolean): Segment {
  if (part.startsWith(':')) return { kind: 'param', name: checkedName(text, part) }
  if (part.startsWith('*') && isLast) return { kind: 'rest', name: part === '*' ? '*' : checkedName(text, part) }
  if (!isText.test(part)) throw notAPattern(text, part)
  if (!isRequestPath(`/${part}`)) throw new ApiMisuse(`route ${text} never matches: ${pathsOfRequests}${escapedHint(text)}`)
  return { kind: 'text', text: part }
}

function checkedName(text: string, part: string): string {
  const name = part.slice(1)
  if (!isName.test(name)) throw notAPattern(text, part)
  return name
}

function checkNames(text: string, named: readonly Named[]): void {
  const twice = named.find(({ name }, at) => named.findIndex(other => other.name === name) !== at)
  if (twice !== undefined) throw new ApiMisuse(`route ${text} has two parameters with the name ${twice.name}`)
}

function notAPattern(text: string, part: string): ApiMisuse {
  return new ApiMisuse(`route ${text} is not a pattern, because of ${shownValue(part)}: ${allowed}`)
}

/** Returns the end of a sentence: the path as requests have it, where only its characters must be escaped. */
function escapedHint(text: string): string {
  if (/[?#]/.test(text)) return ''
  try {
    return `; write ${encodeURI(text)}`
  } catch {
    // half of a surrogate pair
    return ''
  }
}

function decoded(name: string, escaped: string): string {
  try {
    return decodeURIComponent(escaped)
  } catch {
    throw new HttpException(400, `path parameter ${name} is not percent-encoded UTF-8`)
  }
}

const pathsOfRequests = 'paths of requests are escaped, and have no query'

const allowed =
  'a segment is text, or :name (letters, digits and _) for one segment; the last one may be * or *name for the rest. ' +
  'Text has none of : * { } [ ] < > " | \\ ^ `'

const isName = /^[A-Za-z_]\w*$/

/** Text without the characters that other libraries use in patterns, or that paths of requests do not have. */
const isText = /^[^:*{}[\]<>"|\\^`]*$/

const none: PathParams = Object.freeze({})
