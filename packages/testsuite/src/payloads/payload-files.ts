import { utf8 } from '../wire/octets.ts'
import { bitmap } from './bitmap.ts'
import { Dice } from './dice.ts'
import { htmlFile } from './html-file.ts'
import { jsonFile } from './json-file.ts'
import { pdfFile } from './pdf-file.ts'
import { prose } from './prose.ts'

/** A file from which the messages of a case are cut. */
export interface PayloadFile {
  /** The name of the file in the titles of cases. */
  readonly title: string
  /** The kind of message that a piece of the file is sent as. */
  readonly kind: 'text' | 'binary'
  /** Returns the file. The octets are made at the first call and are the same in each run. */
  octets(): Uint8Array
}

/** The files of groups 12 and 13, each of at least 256 KiB, so that messages of 128 KiB differ. */
export const payloadFiles: Readonly<Record<'json' | 'bitmap' | 'prose' | 'html' | 'pdf', PayloadFile>> = {
  json: file('a JSON file', 'text', () => utf8(jsonFile(new Dice(12_001), characters))),
  bitmap: file('a bitmap', 'binary', () => bitmap(new Dice(12_002), 640)),
  prose: file('German prose', 'text', () => utf8(prose(new Dice(12_003), characters))),
  html: file('an HTML file', 'text', () => utf8(htmlFile(new Dice(12_004), characters))),
  pdf: file('a PDF file', 'binary', () => pdfFile(new Dice(12_005), characters)),
}

/**
 * Returns the n-th message (from 0) of a length: a piece of the file, from a place that differs from message to message. Text is cut
 * between characters.
 */
export function messageOf(payloadFile: PayloadFile, length: number, n: number): Uint8Array {
  const octets = payloadFile.octets()
  const places = octets.length - length
  const first = (n * stride) % places
  if (payloadFile.kind === 'binary') return octets.subarray(first, first + length)
  for (let at = first; ; at = (at + 1) % places)
    if (isBoundary(octets, at) && isBoundary(octets, at + length)) return octets.subarray(at, at + length)
}

/** Whether a character of UTF-8 text begins at an index, or the text ends there. */
function isBoundary(octets: Uint8Array, at: number): boolean {
  return at === octets.length || (octets[at]! & 0xc0) !== 0x80
}

function file(title: string, kind: PayloadFile['kind'], make: () => Uint8Array): PayloadFile {
  let octets: Uint8Array | undefined
  return {
    title,
    kind,
    octets: () => {
      octets ??= make()
      return octets
    },
  }
}

const characters = 400_000
/** The distance between the places of two messages. A prime, so that places do not repeat soon. */
const stride = 39_119
