/** A value as it may be shown to another session: what is secret by its name is left out, and its size has a bound. */
export class BoundedCopy {
  /** Characters that are left, about as many as JSON would have. */
  #left: number

  constructor(size: number) {
    this.#left = size
  }

  /** Whether something was cut. */
  get isFull(): boolean {
    return this.#left <= 0
  }

  /** Copies a value, as far as the bound allows; `…` stands for what is cut. */
  of(value: unknown, depth = 0): unknown {
    if (this.isFull) return cut
    if (typeof value === 'string') return this.#text(value)
    if (value instanceof Uint8Array) return this.#text(`<${value.length} octets>`)
    if (typeof value !== 'object' || value === null) {
      this.#left -= String(value).length
      return value
    }
    this.#left -= 2
    if (depth === deepest) return cut
    return Array.isArray(value) ? this.#list(value, depth) : this.#dictionary(value as Readonly<Record<string, unknown>>, depth)
  }

  #text(text: string): string {
    const length = this.#left
    this.#left -= text.length + 2
    if (text.length <= length) return text
    // a half of a surrogate pair is not a character that serializers take
    return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}${cut}`
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = []
    for (const item of list) {
      copy.push(this.of(item, depth + 1))
      if (this.isFull) break
    }
    if (copy.length < list.length) copy.push(cut)
    return copy
  }

  #dictionary(dictionary: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
    const pairs: [string, unknown][] = []
    for (const name of Object.keys(dictionary)) {
      if (this.isFull) {
        pairs.push([cut, cut])
        break
      }
      const shown = this.#text(name)
      pairs.push([shown, isSecret(name) ? this.#text(secret) : this.of(dictionary[name], depth + 1)])
    }
    // fromEntries defines properties, so that "__proto__" is a name as any other
    return Object.fromEntries(pairs)
  }
}

/** Whether a name is one under which programs pass secrets: `ticket`, `authextra`, `resume-token`, `X-Api-Key`. */
export function isSecret(name: string): boolean {
  return secretNames.test(name.replace(/[-_\s]/g, ''))
}

const secretNames =
  /ticket|secret|signature|passw|passphrase|token|proof|privatekey|storedkey|serverkey|apikey|authextra|cookie|authorization|credential|nonce|^(pin|otp|key)$/i
/** Stands in place of a secret. */
export const secret = '[secret]'
const cut = '…'
const deepest = 16
