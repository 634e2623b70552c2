import { latin1 } from './octets.ts'

/** The first line and the header fields of an HTTP message, as text with one character per octet. */
export interface HttpHead {
  readonly text: string
  readonly startLine: string
  /** The fields in order, with names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** Thrown if the octets are not a head of HTTP. */
export class NoHttpHead extends Error {
  override readonly name = 'NoHttpHead'
}

/** Collects octets until the empty line that ends a head. */
export class HttpHeadReader {
  readonly #largest: number
  #octets: Uint8Array = new Uint8Array(0)

  constructor(largest: number) {
    this.#largest = largest
  }

  /** The octets so far as text, for the report where they never became a head. */
  get text(): string {
    return latin1(this.#octets)
  }

  /** Takes a chunk. Returns the head and the octets after it once it is complete. Throws `NoHttpHead` if it is too long or not HTTP. */
  push(chunk: Uint8Array): { readonly head: HttpHead; readonly rest: Uint8Array } | undefined {
    const octets = Buffer.concat([this.#octets, chunk])
    this.#octets = octets
    const end = octets.indexOf('\r\n\r\n')
    if (end === -1 && octets.length <= this.#largest) return undefined
    if (end === -1 || end > this.#largest) throw new NoHttpHead(`more than ${this.#largest} octets without the end of a head`)
    this.#octets = octets.subarray(0, end + 4)
    return { head: parseHead(this.text), rest: octets.subarray(end + 4) }
  }
}

/** Returns the values of a field, in order. */
export function valuesOf(head: HttpHead, name: string): string[] {
  return head.fields.filter(field => field[0] === name).map(field => field[1])
}

/** Returns the tokens of a field that is a list, in lower case, without their parameters. */
export function tokensOf(head: HttpHead, name: string): string[] {
  return valuesOf(head, name).flatMap(value => value.split(',').map(part => part.trim().toLowerCase()))
}

function parseHead(text: string): HttpHead {
  const [startLine = '', ...lines] = text.slice(0, -4).split('\r\n')
  const fields = lines.map(line => {
    const colon = line.indexOf(':')
    if (colon <= 0) throw new NoHttpHead(`a header line without a name: ${line.slice(0, 100)}`)
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { text, startLine, fields }
}
