import type { Octets } from './octets.ts'

/** The port to UTF-8, which runtimes do faster than any loop. */
export interface Text {
  /** Encodes a text. Lone surrogates become U+FFFD, as with `TextEncoder`. */
  encode(text: string): Octets
  /**
   * Encodes a text into `target` at `at`, where there must be room for `mostPerUnit` octets per UTF-16 unit. Returns the number of octets.
   */
  encodeInto(text: string, target: Octets, at: number): number
  /** Decodes octets, or a part of them, that are known to be valid UTF-8. */
  decode(octets: Octets, start?: number, end?: number): string
  /** Decodes a part of octets that may be invalid; returns `undefined` where they are not valid as a whole. */
  decodeValid(octets: Octets, start: number, end: number): string | undefined
  /** Tells whether octets are valid UTF-8 as a whole. Absent where the runtime has nothing faster than a loop. */
  readonly isValid?: (octets: Octets) => boolean
}

/** UTF-8 by the classes of the web standard, in every runtime. */
export const webText: Text = {
  encode: encodeText,
  encodeInto: (text, target, at) => encoder.encodeInto(text, target.subarray(at)).written,
  decode: (octets, start = 0, end = octets.length) => decoder.decode(octets.subarray(start, end)),
  decodeValid: decodeValidText,
}

/** `encode` of `webText`, for pages, which need no more than this and `decodeValidText`. */
export function encodeText(text: string): Octets {
  return encoder.encode(text)
}

/** `decodeValid` of `webText`; of the whole octets where no part is named. */
export function decodeValidText(octets: Octets, start?: number, end?: number): string | undefined {
  try {
    return strictDecoder.decode(octets.subarray(start, end))
  } catch {
    return undefined
  }
}

/** The largest number of octets in UTF-8 for one unit of UTF-16. */
export const mostPerUnit = 3

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()
const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder: TextDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
