import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { PrefixTree } from './prefix-tree.ts'
import { WildcardTree } from './wildcard-tree.ts'

/** Entries by a URI and the way in which it is matched; each pair has one. */
export class PatternTable<Entry> {
  readonly #exact = new Map<Uri, Entry>()
  readonly #prefixes = new PrefixTree<Entry>()
  readonly #wildcards = new WildcardTree<Entry>()
  #patterns = 0

  /** Returns the entry of just this URI or pattern. */
  get(match: MatchPolicy, uri: Uri): Entry | undefined {
    if (match === 'exact') return this.#exact.get(uri)
    return match === 'prefix' ? this.#prefixes.get(uri) : this.#wildcards.get(uri)
  }

  /** Adds an entry. There must not be one of the same URI and policy. */
  add(match: MatchPolicy, uri: Uri, entry: Entry): void {
    if (match === 'exact') this.#exact.set(uri, entry)
    else if (match === 'prefix') this.#prefixes.set(uri, entry)
    else this.#wildcards.set(uri, entry)
    if (match !== 'exact') this.#patterns++
  }

  /** Removes an entry, which must be there. */
  delete(match: MatchPolicy, uri: Uri): void {
    if (match === 'exact') this.#exact.delete(uri)
    else if (match === 'prefix') this.#prefixes.delete(uri)
    else this.#wildcards.delete(uri)
    if (match !== 'exact') this.#patterns--
  }

  /** Returns the entry that a call of a URI goes to: exact, else the longest prefix, else the wildcard that spells the longest runs. */
  best(uri: Uri): Entry | undefined {
    const exact = this.#exact.get(uri)
    if (exact !== undefined || this.#patterns === 0) return exact
    const isReserved = uri.startsWith(reserved)
    return this.#prefixes.longest(uri, isReserved ? spelledLength : 0) ?? this.#wildcards.best(uri, isReserved)
  }

  /** Adds all entries that match a URI to a list: the exact one, then prefixes, then wildcards. */
  collect(uri: Uri, into: Entry[]): void {
    const exact = this.#exact.get(uri)
    if (exact !== undefined) into.push(exact)
    if (this.#patterns === 0) return
    const isReserved = uri.startsWith(reserved)
    this.#prefixes.collect(uri, isReserved ? spelledLength : 0, into)
    this.#wildcards.collect(uri, isReserved, into)
  }
}

/** The beginning of the names that belong to the router. A prefix spells its component if it has all four letters of it. */
const reserved = 'wamp.'
const spelledLength = 4
