import { hasWildcard, tokensFit } from './subject.ts'

/**
 * Values by pattern. Finding those for a subject takes one look for the patterns without wildcards, however many there are, and a
 * comparison for each pattern with wildcards.
 */
export class SubjectIndex<Value> {
  readonly #exact = new Map<string, Value>()
  readonly #wild = new Map<string, { readonly tokens: readonly string[]; readonly value: Value }>()

  get size(): number {
    return this.#exact.size + this.#wild.size
  }

  get(pattern: string): Value | undefined {
    return this.#exact.get(pattern) ?? this.#wild.get(pattern)?.value
  }

  set(pattern: string, value: Value): void {
    if (hasWildcard(pattern)) this.#wild.set(pattern, { tokens: pattern.split('.'), value })
    else this.#exact.set(pattern, value)
  }

  delete(pattern: string): void {
    this.#exact.delete(pattern)
    this.#wild.delete(pattern)
  }

  patterns(): readonly string[] {
    return [...this.#exact.keys(), ...this.#wild.keys()]
  }

  /** Returns the values of all patterns that a subject fits. */
  find(subject: string): readonly Value[] {
    const found: Value[] = []
    const exact = this.#exact.get(subject)
    if (exact !== undefined) found.push(exact)
    if (this.#wild.size === 0) return found
    const tokens = subject.split('.')
    for (const wild of this.#wild.values()) if (tokensFit(tokens, wild.tokens)) found.push(wild.value)
    return found
  }
}
