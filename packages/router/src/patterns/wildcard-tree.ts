/**
 * Wildcard patterns with their entries, compared by components. Patterns with different numbers of components stand in different trees,
 * because they never match the same URI.
 */
export class WildcardTree<Entry> {
  readonly #roots = new Map<number, Node<Entry>>()

  get(pattern: string): Entry | undefined {
    const components = pattern.split('.')
    let at = this.#roots.get(components.length)
    for (let n = 0; at !== undefined && n < components.length; n++) at = next(at, components[n]!)
    return at?.entry
  }

  set(pattern: string, entry: Entry): void {
    const components = pattern.split('.')
    let at = this.#rootFor(components.length)
    for (const component of components) at = next(at, component) ?? add(at, component)
    at.entry = entry
  }

  #rootFor(length: number): Node<Entry> {
    const root = this.#roots.get(length) ?? node()
    this.#roots.set(length, root)
    return root
  }

  delete(pattern: string): void {
    const components = pattern.split('.')
    const root = this.#roots.get(components.length)
    if (root !== undefined && remove(root, components, 0)) this.#roots.delete(components.length)
  }

  /** Returns the entry of the pattern that matches a URI and spells the longest run of components, then the longest next one, and so on. */
  best(uri: string, isReserved: boolean): Entry | undefined {
    if (this.#roots.size === 0) return undefined
    const root = this.#roots.get(countComponents(uri))
    if (root === undefined) return undefined
    const components = uri.split('.')
    if (!isReserved) return bestBelow(root, components, 0)
    const spelled = root.literals?.get(components[0]!)
    return spelled === undefined ? undefined : bestBelow(spelled, components, 1)
  }

  /** Adds the entries of all patterns that match a URI to a list, the best first. `isReserved`: only those that spell the first component. */
  collect(uri: string, isReserved: boolean, into: Entry[]): void {
    if (this.#roots.size === 0) return
    const root = this.#roots.get(countComponents(uri))
    if (root === undefined) return
    const components = uri.split('.')
    if (!isReserved) return collectBelow(root, components, 0, into)
    const spelled = root.literals?.get(components[0]!)
    if (spelled !== undefined) collectBelow(spelled, components, 1, into)
  }
}

interface Node<Entry> {
  entry: Entry | undefined
  /** The nodes below by the component that they spell. */
  literals: Map<string, Node<Entry>> | undefined
  /** The node below for the empty component. */
  any: Node<Entry> | undefined
}

function node<Entry>(): Node<Entry> {
  return { entry: undefined, literals: undefined, any: undefined }
}

function next<Entry>(at: Node<Entry>, component: string): Node<Entry> | undefined {
  return component === '' ? at.any : at.literals?.get(component)
}

function add<Entry>(at: Node<Entry>, component: string): Node<Entry> {
  const added = node<Entry>()
  if (component === '') {
    at.any = added
  } else {
    at.literals ??= new Map()
    at.literals.set(component, added)
  }
  return added
}

function bestBelow<Entry>(at: Node<Entry>, components: readonly string[], depth: number): Entry | undefined {
  if (depth === components.length) return at.entry
  const literal = at.literals?.get(components[depth]!)
  const found = literal === undefined ? undefined : bestBelow(literal, components, depth + 1)
  if (found !== undefined || at.any === undefined) return found
  return bestBelow(at.any, components, depth + 1)
}

function collectBelow<Entry>(at: Node<Entry>, components: readonly string[], depth: number, into: Entry[]): void {
  if (depth === components.length) {
    if (at.entry !== undefined) into.push(at.entry)
    return
  }
  const literal = at.literals?.get(components[depth]!)
  if (literal !== undefined) collectBelow(literal, components, depth + 1, into)
  if (at.any !== undefined) collectBelow(at.any, components, depth + 1, into)
}

/** Removes a pattern below a node. Returns whether nothing is left there. */
function remove<Entry>(at: Node<Entry>, components: readonly string[], depth: number): boolean {
  if (depth === components.length) {
    at.entry = undefined
  } else {
    const component = components[depth]!
    const below = next(at, component)
    if (below === undefined || !remove(below, components, depth + 1)) return false
    if (component === '') at.any = undefined
    else if (at.literals!.delete(component) && at.literals!.size === 0) at.literals = undefined
  }
  return at.entry === undefined && at.literals === undefined && at.any === undefined
}

/** Counts the components of a URI. */
export function countComponents(uri: string): number {
  let count = 1
  for (let at = uri.indexOf('.'); at >= 0; at = uri.indexOf('.', at + 1)) count++
  return count
}
