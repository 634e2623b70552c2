/**
 * Prefixes with their entries, compared by characters. Chains without a branch are one node, so that a search takes one step for each branch
 * and not for each character.
 */
export class PrefixTree<Entry> {
  readonly #root: Node<Entry> = node('')

  get(prefix: string): Entry | undefined {
    let at: Node<Entry> | undefined = this.#root
    let depth = 0
    while (at !== undefined && depth < prefix.length) {
      at = at.children?.get(prefix.charCodeAt(depth))
      if (at === undefined || !prefix.startsWith(at.label, depth)) return undefined
      depth += at.label.length
    }
    return at?.entry
  }

  set(prefix: string, entry: Entry): void {
    let at = this.#root
    let depth = 0
    while (depth < prefix.length) {
      const first = prefix.charCodeAt(depth)
      const child = at.children?.get(first)
      if (child === undefined) {
        at = addChild(at, node(prefix.slice(depth)))
        break
      }
      const shared = sharedLength(child.label, prefix, depth)
      at = shared === child.label.length ? child : split(at, child, shared)
      depth += shared
    }
    at.entry = entry
  }

  delete(prefix: string): void {
    const path: Node<Entry>[] = [this.#root]
    for (let depth = 0; depth < prefix.length; ) {
      const next: Node<Entry> | undefined = path.at(-1)!.children?.get(prefix.charCodeAt(depth))
      if (next === undefined || !prefix.startsWith(next.label, depth)) return
      path.push(next)
      depth += next.label.length
    }
    path.at(-1)!.entry = undefined
    shrink(path)
  }

  /** Returns the entry of the longest prefix of a URI that has at least `least` characters. */
  longest(uri: string, least: number): Entry | undefined {
    let found: Entry | undefined
    let at: Node<Entry> | undefined = this.#root
    for (let depth = 0; ; ) {
      if (at.entry !== undefined && depth >= least) found = at.entry
      if (at.children === undefined || depth >= uri.length) return found
      at = at.children.get(uri.charCodeAt(depth))
      if (at === undefined || !uri.startsWith(at.label, depth)) return found
      depth += at.label.length
    }
  }

  /** Adds the entries of all prefixes of a URI that have at least `least` characters to a list, the shortest first. */
  collect(uri: string, least: number, into: Entry[]): void {
    let at: Node<Entry> | undefined = this.#root
    for (let depth = 0; ; ) {
      if (at.entry !== undefined && depth >= least) into.push(at.entry)
      if (at.children === undefined || depth >= uri.length) return
      at = at.children.get(uri.charCodeAt(depth))
      if (at === undefined || !uri.startsWith(at.label, depth)) return
      depth += at.label.length
    }
  }
}

interface Node<Entry> {
  /** The characters between the parent and this node. */
  label: string
  entry: Entry | undefined
  /** The nodes below, by the first character of their labels. */
  children: Map<number, Node<Entry>> | undefined
}

function node<Entry>(label: string): Node<Entry> {
  return { label, entry: undefined, children: undefined }
}

function addChild<Entry>(parent: Node<Entry>, child: Node<Entry>): Node<Entry> {
  parent.children ??= new Map()
  parent.children.set(child.label.charCodeAt(0), child)
  return child
}

/** Puts a node between a parent and its child, which takes the first `length` characters of the child's label. */
function split<Entry>(parent: Node<Entry>, child: Node<Entry>, length: number): Node<Entry> {
  const between = addChild(parent, node<Entry>(child.label.slice(0, length)))
  child.label = child.label.slice(length)
  addChild(between, child)
  return between
}

/** Removes what the last node of a path no longer needs: the node itself, or the border to its only child; the same for its parent. */
function shrink<Entry>(path: readonly Node<Entry>[]): void {
  for (let n = path.length - 1; n > 0 && n >= path.length - 2; n--) {
    const at = path[n]!
    if (at.entry !== undefined) return
    if (at.children === undefined) removeChild(path[n - 1]!, at)
    else if (at.children.size === 1) joinWithChild(at)
  }
}

function removeChild<Entry>(parent: Node<Entry>, child: Node<Entry>): void {
  parent.children!.delete(child.label.charCodeAt(0))
  if (parent.children!.size === 0) parent.children = undefined
}

function joinWithChild<Entry>(at: Node<Entry>): void {
  const [child] = at.children!.values()
  at.label += child!.label
  at.entry = child!.entry
  at.children = child!.children
}

/** Returns the number of characters that a label has in common with a prefix from `depth` on. */
function sharedLength(label: string, prefix: string, depth: number): number {
  let length = 1
  while (length < label.length && label.charCodeAt(length) === prefix.charCodeAt(depth + length)) length++
  return length
}
