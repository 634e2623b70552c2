import { joined, utf8 } from '../wire/octets.ts'
import type { Dice } from './dice.ts'
import { sentence } from './prose.ts'

/**
 * Returns a PDF of several pages and at least `length` octets. Each page has a few lines of text and a picture in an incompressible stream,
 * as in most PDF files. PDF readers open it: objects, cross-reference table and trailer are as ISO 32000 defines them.
 */
export function pdfFile(dice: Dice, length: number): Uint8Array {
  const writer = new PdfWriter()
  const pages: number[] = []
  while (writer.length < length) pages.push(page(writer, dice))
  writer.object(catalogNumber, utf8(`<< /Type /Catalog /Pages ${pagesNumber} 0 R >>`))
  writer.object(pagesNumber, utf8(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map(number => `${number} 0 R`).join(' ')}] >>`))
  writer.object(fontNumber, utf8('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'))
  return writer.finish()
}

/** Writes a page and returns the number of its object. */
function page(writer: PdfWriter, dice: Dice): number {
  const image = writer.stream(
    '/Type /XObject /Subtype /Image /Width 128 /Height 96 /ColorSpace /DeviceGray /BitsPerComponent 8',
    picture(dice),
  )
  const content = writer.stream('', utf8(`${text(dice)}q 384 0 0 288 72 120 cm /Im1 Do Q\n`))
  return writer.add(
    utf8(
      `<< /Type /Page /Parent ${pagesNumber} 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R /Resources << /Font << /F1 ${fontNumber} 0 R >> /XObject << /Im1 ${image} 0 R >> >> >>`,
    ),
  )
}

function text(dice: Dice): string {
  const lines = Array.from({ length: 12 }, () => `(${plain(sentence(dice))}) Tj 0 -16 Td`)
  return `BT /F1 11 Tf 72 780 Td\n${lines.join('\n')}\nET\n`
}

/** Returns text as a PDF string: printable ASCII without brackets; other letters as octal codes of WinAnsiEncoding. */
function plain(line: string): string {
  return line.replaceAll(/[()\\]/g, '').replaceAll(/[^ -~]/g, letter => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** Returns a picture of random shades, all equally frequent, which does not compress. */
function picture(dice: Dice): Uint8Array {
  return Uint8Array.from({ length: 128 * 96 }, () => dice.below(256))
}

class PdfWriter {
  readonly #parts: Uint8Array[] = []
  readonly #places = new Map<number, number>()
  #next = fontNumber + 1
  length = 0

  constructor() {
    // Four octets above 127 in the first lines tell programs that the file is binary.
    this.#write(joined([utf8('%PDF-1.4\n%'), Uint8Array.of(0xe2, 0xe3, 0xcf, 0xd3), utf8('\n')]))
  }

  add(content: Uint8Array): number {
    const number = this.#next++
    this.object(number, content)
    return number
  }

  stream(entries: string, octets: Uint8Array): number {
    return this.add(joined([utf8(`<< ${entries} /Length ${octets.length} >>\nstream\n`), octets, utf8('\nendstream')]))
  }

  object(number: number, content: Uint8Array): void {
    this.#places.set(number, this.length)
    this.#write(joined([utf8(`${number} 0 obj\n`), content, utf8('\nendobj\n')]))
  }

  /** Writes the cross-reference table, of twenty octets per object, and the trailer. */
  finish(): Uint8Array {
    const start = this.length
    const places = Array.from({ length: this.#next - 1 }, (_, n) => `${String(this.#places.get(n + 1) ?? 0).padStart(10, '0')} 00000 n \n`)
    this.#write(
      utf8(
        `xref\n0 ${this.#next}\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size ${this.#next} /Root ${catalogNumber} 0 R >>\nstartxref\n${start}\n%%EOF\n`,
      ),
    )
    return joined(this.#parts)
  }

  #write(octets: Uint8Array): void {
    this.#parts.push(octets)
    this.length += octets.length
  }
}

const catalogNumber = 1
const pagesNumber = 2
const fontNumber = 3
