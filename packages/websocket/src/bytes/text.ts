import type { Octets } from './octets.ts'

/** The port to UTF-8, where runtimes are faster than any loop. */
export interface Text {
  /** Lone surrogates become U+FFFD, as `TextEncoder` does it. */
  encode(text: string): Octets
  /** The same, written at `at`, where there is room for `mostPerUnit` octets for each unit of the text; tells how many they are. */
  encodeInto(text: string, target: Octets, at: number): number
  /** The octets, or a part of them, are known to be valid UTF-8. */
  decode(octets: Octets, start?: number, end?: number): string
  /** The same of octets that may be anything; `undefined` where they are not valid as a whole. */
  decodeValid(octets: Octets, start: number, end: number): string | undefined
  /** Whether the octets are valid UTF-8 as a whole. Absent where the runtime has nothing faster than a loop. */
  readonly isValid?: (octets: Octets) => boolean
}

/** UTF-8 by the web-standard classes, for every runtime. */
export const webText: Text = {
  encode: text => encoder.encode(text),
  encodeInto: (text, target, at) => encoder.encodeInto(text, target.subarray(at)).written,
  decode: (octets, start = 0, end = octets.length) => decoder.decode(octets.subarray(start, end)),
  decodeValid: (octets, start, end) => {
    try {
      return strictDecoder.decode(octets.subarray(start, end))
    } catch {
      return undefined
    }
  },
}

/** UTF-8 has at most so many octets for a unit of UTF-16. */
export const mostPerUnit = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
