import { type Dict, ErrorUri, type Id, isUri, type Payload, type Uri } from '@autobahn-ts/wamp/protocol'

/** The failure of a meta procedure, which its caller gets as ERROR. */
export class MetaFailure extends Error {
  override readonly name = 'MetaFailure'
  readonly uri: Uri

  constructor(uri: Uri, message: string) {
    super(message)
    this.uri = uri
  }
}

/** The arguments of a meta procedure. Each method throws `MetaFailure` for a value of the wrong kind. */
export class MetaArguments {
  readonly #args: readonly unknown[]
  readonly #kwargs: Dict

  constructor(payload: Payload | undefined) {
    this.#args = payload?.args ?? []
    this.#kwargs = payload?.kwargs ?? {}
  }

  id(place: number, name: string): Id {
    const value = this.#positional(place, name)
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
    throw wrong(name, 'an id')
  }

  text(place: number, name: string): string {
    const value = this.#positional(place, name)
    if (typeof value === 'string') return value
    throw wrong(name, 'a string')
  }

  optionalText(place: number, name: string): string | undefined {
    const value = this.#positional(place, name) ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw wrong(name, 'a string')
  }

  optionalTexts(place: number, name: string): readonly string[] | undefined {
    const value = this.#positional(place, name) ?? undefined
    if (value === undefined) return undefined
    if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value
    throw wrong(name, 'a list of strings')
  }

  optionalDict(place: number, name: string): Dict {
    const value = this.#positional(place, name) ?? {}
    if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)) return value as Dict
    throw wrong(name, 'a dictionary')
  }

  list(place: number, name: string): readonly unknown[] {
    const value = this.#positional(place, name) ?? []
    if (Array.isArray(value)) return value
    throw wrong(name, 'a list')
  }

  /** Returns a keyword argument; null is the same as none. */
  keyword(name: string): unknown {
    return Object.hasOwn(this.#kwargs, name) ? (this.#kwargs[name] ?? undefined) : undefined
  }

  keywordText(name: string): string | undefined {
    const value = this.keyword(name)
    if (value === undefined || typeof value === 'string') return value
    throw wrong(name, 'a string')
  }

  /** Returns a reason for GOODBYE, which has to be a URI. */
  reason(byDefault: Uri): Uri {
    const reason = this.keywordText('reason') ?? byDefault
    if (isUri(reason)) return reason
    throw new MetaFailure(ErrorUri.invalidUri, 'reason must be a URI')
  }

  /** Arguments may come by name too. */
  #positional(place: number, name: string): unknown {
    return place < this.#args.length ? this.#args[place] : this.keyword(name)
  }
}

export function wrong(name: string, wanted: string): MetaFailure {
  return new MetaFailure(ErrorUri.invalidArgument, `${name} must be ${wanted}`)
}
