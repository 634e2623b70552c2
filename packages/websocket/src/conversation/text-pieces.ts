import { checkedMemory } from '../application/payload.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { Utf8Validator } from '../bytes/utf8-validator.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'

/**
 * Turns the pieces of one text message into octets: strings, and octets that are UTF-8 as a whole. Pieces may end within a character, as
 * chunks of a file do, and strings within a surrogate pair.
 */
export class TextPieces {
  readonly #text: Text
  readonly #validator: Utf8Validator
  /** The first half of a surrogate pair whose second half has not come yet. */
  #half = ''

  constructor(text: Text) {
    this.#text = text
    this.#validator = new Utf8Validator(text)
  }

  /** Returns the octets to send for a piece. Throws `ApiMisuse` for anything but text. */
  octetsOf(piece: unknown): Octets {
    const octets = typeof piece === 'string' ? this.#encoded(piece) : this.#checked(piece)
    if (!this.#validator.push(octets, 0, octets.length)) throw notUtf8()
    return octets
  }

  /** Returns what is left to send at the end. Throws `ApiMisuse` where octets have ended within a character. */
  end(): Octets {
    if (!this.#validator.isComplete) throw notUtf8()
    return this.#half === '' ? noOctets : this.#text.encode(this.#half)
  }

  #encoded(piece: string): Octets {
    const whole = this.#half + piece
    const last = whole.charCodeAt(whole.length - 1)
    const endsInHalf = last >= 0xd800 && last <= 0xdbff
    this.#half = endsInHalf ? whole.slice(-1) : ''
    return this.#text.encode(endsInHalf ? whole.slice(0, -1) : whole)
  }

  #checked(piece: unknown): Octets {
    if (this.#half !== '') throw new ApiMisuse('octets follow a string that ends with half of a surrogate pair')
    return checkedMemory(piece, 'a string or octets')
  }
}

/** Checks that octets are valid UTF-8 as a whole. Throws `ApiMisuse`. */
export function checkText(octets: Octets, text: Text): void {
  const validator = new Utf8Validator(text)
  if (!validator.push(octets, 0, octets.length) || !validator.isComplete) throw notUtf8()
}

function notUtf8(): ApiMisuse {
  return new ApiMisuse('a text message must be UTF-8, and these octets are not')
}
