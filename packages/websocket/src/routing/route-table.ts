import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { PathPattern } from './path-pattern.ts'

/**
 * Finds the route of a path: by one look into a table where the route is fixed, else segment by segment from the left, where text comes
 * before a parameter, and a parameter before the rest. Where the better branch leads to no route, the next is tried.
 *
 * A search visits a segment of the table at most once, however long the path is.
 */
export class RouteTable<Route> {
  readonly #fixed = new Map<string, Entry<Route>>()
  readonly #root = new Branch<Route>()

  /** Throws `ApiMisuse` where another route matches the same paths. */
  add(pattern: PathPattern, route: Route): void {
    const entry = { pattern, route }
    const other = pattern.isFixed ? this.#fixed.get(pattern.text) : this.#root.add(pattern, entry)
    if (other !== undefined) throw new ApiMisuse(`routes ${other.pattern.text} and ${pattern.text} match the same paths`)
    if (pattern.isFixed) this.#fixed.set(pattern.text, entry)
  }

  /** Returns the route for a path, which has no query; `undefined` where there is none. */
  find(path: string): Route | undefined {
    return (this.#fixed.get(path) ?? this.#root.find(path, 1))?.route
  }
}

interface Entry<Route> {
  readonly pattern: PathPattern
  readonly route: Route
}

/** The patterns that begin alike, by what their next segment is. */
class Branch<Route> {
  readonly #texts = new Map<string, Branch<Route>>()
  #param: Branch<Route> | undefined
  /** The route that ends here. */
  #end: Entry<Route> | undefined
  /** The route that takes whatever follows. */
  #rest: Entry<Route> | undefined

  /** Puts an entry below this branch, or returns the one in its place. */
  add({ segments }: PathPattern, entry: Entry<Route>): Entry<Route> | undefined {
    let branch: Branch<Route> = this
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        const other = branch.#rest
        branch.#rest ??= entry
        return other
      }
      branch = segment.kind === 'param' ? branch.#afterParam() : branch.#after(segment.text)
    }
    const other = branch.#end
    branch.#end ??= entry
    return other
  }

  /** Finds the entry for what a path has from `start` on, which is behind a slash. */
  find(path: string, start: number): Entry<Route> | undefined {
    const slash = path.indexOf('/', start)
    const segment = slash < 0 ? path.slice(start) : path.slice(start, slash)
    const param = segment === '' ? undefined : this.#param
    return this.#texts.get(segment)?.behind(path, slash) ?? param?.behind(path, slash) ?? this.#rest
  }

  /** Finds the entry for what follows the segment of this branch: from a slash on, or nothing where there is none (-1). */
  behind(path: string, slash: number): Entry<Route> | undefined {
    return slash < 0 ? this.#end : this.find(path, slash + 1)
  }

  #afterParam(): Branch<Route> {
    this.#param ??= new Branch()
    return this.#param
  }

  #after(text: string): Branch<Route> {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const branch = new Branch<Route>()
    this.#texts.set(text, branch)
    return branch
  }
}
