import { pathOf } from './sentences.ts'

type Path = readonly PropertyKey[]

/** A field that is not as it has to be. */
export interface Mistake {
  readonly path: Path
  /** One sentence without a full stop. */
  readonly message: string
}

/** Notes about an object and all objects in it. */
interface Notes {
  readonly mistakes: Mistake[]
  readonly sources: WeakMap<object, Path>
}

/** An object of a config that is read field by field. It knows afterwards which fields nobody has read. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #path: Path
  readonly #taken = new Set<string>()
  /** The objects that were asked for, by field, and by field and index. */
  readonly #inner = new Map<string, Fields>()
  readonly #notes: Notes

  constructor(value: unknown, path: Path, notes: Notes = { mistakes: [], sources: new WeakMap() }) {
    this.#notes = notes
    this.#value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
    this.#path = path
  }

  /** The name under which this object stands in its parent. */
  get name(): string {
    return String(this.#path.at(-1) ?? '')
  }

  get path(): Path {
    return this.#path
  }

  /** The mistakes that were noted, here and in all objects further in. */
  get mistakes(): readonly Mistake[] {
    return this.#notes.mistakes
  }

  /** Notes a mistake about a field, or about the object itself; `message` goes on after its name. */
  mistake(message: string, field?: string): void {
    const path = field === undefined ? this.#path : [...this.#path, field]
    this.#notes.mistakes.push({ path, message: `${pathOf(path)} ${message}` })
  }

  /** Notes that a value was made out of this object, and returns it. */
  made<Made extends object>(value: Made): Made {
    this.#notes.sources.set(value, this.#path)
    return value
  }

  /** Returns the path of the object out of which a value was made. */
  sourceOf(value: object): Path | undefined {
    return this.#notes.sources.get(value)
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#value, field)
  }

  /** Reads a field; `undefined` where there is none. */
  take(field: string): unknown {
    this.#taken.add(field)
    return this.has(field) ? this.#value[field] : undefined
  }

  /** Reads a field that must be a text. Notes a mistake where it is not, and where it is a name that no object can have. */
  text(field: string): string {
    const value = this.take(field)
    if (typeof value !== 'string') this.mistake(this.has(field) ? 'must be a string' : 'is missing: it must be a string', field)
    else if (value === '__proto__') this.mistake('must be another name', field)
    else return value
    return ''
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

  /** Reads a field that is a list of objects; an empty list where it is not one. Notes a mistake for each item that is not an object. */
  list(field: string): Fields[] {
    const value = this.take(field)
    if (!Array.isArray(value)) {
      this.release(field)
      return []
    }
    return value.map((item: unknown, index) => {
      const inner = this.#innerOf(`${field} ${index}`, item, [...this.#path, field, index])
      if (typeof item !== 'object' || item === null || Array.isArray(item)) inner.mistake('must be an object')
      return inner
    })
  }

  /** Returns the paths of the fields that nobody has read, here and further in. */
  untaken(): Path[] {
    const own = Object.keys(this.#value).filter(field => !this.#taken.has(field) && !this.#inner.has(field))
    return [...own.map(field => [...this.#path, field]), ...[...this.#inner.values()].flatMap(inner => inner.untaken())]
  }

  #innerOf(key: string, value: unknown, path: Path): Fields {
    const known = this.#inner.get(key) ?? new Fields(value, path, this.#notes)
    this.#inner.set(key, known)
    return known
  }
}
