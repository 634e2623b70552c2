type Path = readonly PropertyKey[]

/** An object of a config that is read field by field. It knows afterwards which fields nobody has read. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #path: Path
  readonly #taken = new Set<string>()
  /** The objects that were asked for, by field, and by field and index. */
  readonly #inner = new Map<string, Fields>()

  constructor(value: unknown, path: Path) {
    this.#value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
    this.#path = path
  }

  /** The name under which this object stands in its parent. */
  get name(): string {
    return String(this.#path.at(-1) ?? '')
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#value, field)
  }

  /** Reads a field; `undefined` where there is none. */
  take(field: string): unknown {
    this.#taken.add(field)
    return this.has(field) ? this.#value[field] : undefined
  }

  /** Takes back that a field was read, because nothing was done with it. */
  release(field: string): void {
    this.#taken.delete(field)
  }

  /** Reads a field that is an object. */
  object(field: string): Fields | undefined {
    const value = this.has(field) ? this.#value[field] : undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return this.#innerOf(field, value, [...this.#path, field])
  }

  /** Reads all fields that are objects. */
  objects(): Fields[] {
    return Object.keys(this.#value)
      .map(field => this.object(field))
      .filter(fields => fields !== undefined)
  }

  /** Reads a field that is a list of objects; an empty list where it is not one. */
  list(field: string): Fields[] {
    const value = this.take(field)
    if (!Array.isArray(value)) {
      this.release(field)
      return []
    }
    return value.map((item: unknown, index) => this.#innerOf(`${field} ${index}`, item, [...this.#path, field, index]))
  }

  /** Returns the paths of the fields that nobody has read, here and further in. */
  untaken(): Path[] {
    const own = Object.keys(this.#value).filter(field => !this.#taken.has(field) && !this.#inner.has(field))
    return [...own.map(field => [...this.#path, field]), ...[...this.#inner.values()].flatMap(inner => inner.untaken())]
  }

  #innerOf(key: string, value: unknown, path: Path): Fields {
    const known = this.#inner.get(key) ?? new Fields(value, path)
    this.#inner.set(key, known)
    return known
  }
}
