import { noOctets, type Octets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import { HeaderFields } from './header-fields.ts'
import { decodeLatin1 } from './latin1.ts'
import { MalformedHead } from './malformed-head.ts'
import { quoted } from './quoted.ts'
import { isDigits, isFieldValue, isToken, trimmed } from './tokens.ts'

/** The head of a request as it was sent. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  /** The version of HTTP, such as `1.1`. */
  readonly httpVersion: string
  readonly headers: HeaderFields
}

/** The head of a response as it was sent. */
export interface ResponseHead {
  readonly httpVersion: string
  readonly status: number
  readonly reason: string
  readonly headers: HeaderFields
}

/** A complete head with its empty line, and the octets that came after it. */
export interface Head {
  readonly text: string
  readonly rest: Octets
}

/**
 * Collects the octets of a head up to its empty line.
 *
 * Each octet is examined once, however the octets are cut. Memory grows with what has arrived, up to `maxSize`.
 */
export class HeadReader {
  readonly #maxSize: number
  readonly #maxHeaders: number
  #collected: Octets = noOctets
  #size = 0
  /** The number of octets of CRLF CRLF at the end of what was scanned. */
  #matched = 0
  #lines = 0
  /** The bitwise or of all octets. */
  #bits = 0
  readonly #utf8: Text | undefined

  /** `utf8` decodes heads that are ASCII: the text is the same, and a runtime's own decoder makes less garbage. */
  constructor(maxSize: number, maxHeaders: number, utf8?: Text) {
    this.#maxSize = maxSize
    this.#maxHeaders = maxHeaders
    this.#utf8 = utf8
  }

  /** The number of octets collected so far. */
  get size(): number {
    return this.#size
  }

  /**
   * Takes octets. Returns the head when its empty line has come; the reader must not be used after that.
   *
   * Throws `MalformedHead`: 431 above the limits, 400 at the first octet that cannot be in a head.
   */
  push(octets: Octets): Head | undefined {
    const end = this.#scan(octets)
    if (this.#size + end > this.#maxSize) throw new MalformedHead(`more than ${this.#maxSize} octets of header`, 431)
    const isWhole = end === octets.length
    if (this.#matched === ending.length)
      return { text: this.#textWith(isWhole ? octets : octets.subarray(0, end)), rest: isWhole ? noOctets : octets.subarray(end) }
    if (this.#size + end === this.#maxSize) throw new MalformedHead(`no end of header within ${this.#maxSize} octets`, 431)
    this.#collect(octets)
    return undefined
  }

  /** Returns the number of octets that belong to the head, at most one more than the limit. */
  #scan(octets: Octets): number {
    const limit = Math.min(octets.length, this.#maxSize - this.#size + 1)
    for (let i = 0; i < limit; i++) {
      this.#look(octets[i]!)
      if (this.#matched === ending.length) return i + 1
    }
    return limit
  }

  #look(octet: number): void {
    this.#bits |= octet
    if (octet < 0x20 && octet !== CR && octet !== LF && octet !== TAB) throw new MalformedHead(`control character ${octet} in the header`)
    if (octet === ending[this.#matched]) this.#matched++
    else this.#matched = octet === CR ? 1 : 0
    if (this.#matched === 2) this.#countLine()
  }

  #countLine(): void {
    this.#lines++
    if (this.#lines > this.#maxHeaders + 1) throw new MalformedHead(`more than ${this.#maxHeaders} header lines`, 431)
  }

  #textWith(octets: Octets): string {
    if (this.#size === 0) return this.#decode(octets)
    this.#collect(octets)
    return this.#decode(this.#collected.subarray(0, this.#size))
  }

  #decode(octets: Octets): string {
    return this.#utf8 !== undefined && this.#bits < 0x80 ? this.#utf8.decode(octets) : decodeLatin1(octets)
  }

  #collect(octets: Octets): void {
    const size = this.#size + octets.length
    if (size > this.#collected.length) this.#grow(size)
    this.#collected.set(octets, this.#size)
    this.#size = size
  }

  /** Makes room by doubling, so that octets which trickle in one by one are not copied each time. */
  #grow(size: number): void {
    const larger = new Uint8Array(Math.max(size, 2 * this.#collected.length))
    larger.set(this.#collected.subarray(0, this.#size))
    this.#collected = larger
  }
}

/**
 * Parses a request's head, RFC 9112 §3: only CRLF ends a line, and lines are not folded.
 *
 * Throws `MalformedHead`. `checkRequest` checks the meaning of the request.
 */
export function parseRequestHead(text: string): RequestHead {
  const line = startLine(text)
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  if (first <= 0 || last <= first + 1) throw new MalformedHead(`request line ${quoted(line)} has not three parts`)
  const method = line.slice(0, first)
  const target = line.slice(first + 1, last)
  if (!isToken(method)) throw new MalformedHead(`method ${quoted(method)} is not a token`)
  if (target.includes(' ')) throw new MalformedHead(`request line ${quoted(line)} has more than three parts`)
  return { method, target, httpVersion: versionOf(line.slice(last + 1)), headers: fieldsOf(text, line.length + 2) }
}

/** Returns the size of a request's head that an HTTP server has read, in octets, without optional spaces. */
export function sizeOfHead({ method, target, httpVersion, headers }: RequestHead): number {
  let size = `${method} ${target} HTTP/${httpVersion}\r\n\r\n`.length
  for (const [name, value] of headers) size += name.length + value.length + ': \r\n'.length
  return size
}

/** Parses a response's head, RFC 9112 §4; a missing reason becomes an empty one. Throws `MalformedHead`. */
export function parseResponseHead(text: string): ResponseHead {
  const line = startLine(text)
  const [version, status] = line.split(' ', 2)
  const reason = line.slice(`${version} ${status} `.length)
  if (status === undefined || status.length !== 3 || !isDigits(status)) throw new MalformedHead(`status line ${quoted(line)} has no status`)
  if (!isFieldValue(reason)) throw new MalformedHead('control character in the status line')
  return { httpVersion: versionOf(version!), status: Number(status), reason, headers: fieldsOf(text, line.length + 2) }
}

function startLine(text: string): string {
  const end = text.indexOf('\r\n')
  if (end < 0) throw new MalformedHead('header without end')
  return text.slice(0, end)
}

/** Reads the version, RFC 9112 §2.3: the name is case-sensitive, the version has two digits. */
function versionOf(text: string): string {
  const version = text.slice('HTTP/'.length)
  const isVersion = version.length === 3 && isDigits(version.charAt(0)) && version.charAt(1) === '.' && isDigits(version.charAt(2))
  if (!text.startsWith('HTTP/') || !isVersion) throw new MalformedHead(`${quoted(text)} is not a version of HTTP`)
  return version
}

function fieldsOf(text: string, from: number): HeaderFields {
  const fields = new HeaderFields()
  let start = from
  for (;;) {
    const end = text.indexOf('\r\n', start)
    if (end < 0) throw new MalformedHead('header without end')
    if (end === start) return fields
    appendLine(fields, text, start, end)
    start = end + 2
  }
}

/** Reads a header line, RFC 9112 §5.1 and §5.2: no space before the colon, no folded lines. */
function appendLine(fields: HeaderFields, text: string, start: number, end: number): void {
  const colon = text.indexOf(':', start)
  const name = colon < 0 || colon > end ? '' : text.slice(start, colon)
  if (!isToken(name)) throw new MalformedHead(`header line ${quoted(text.slice(start, end))} does not begin with a name and a colon`)
  const value = trimmed(text, colon + 1, end)
  if (!isFieldValue(value)) throw new MalformedHead(`control character in header ${quoted(name)}`)
  fields.append(name, value)
}

const CR = 0x0d
const LF = 0x0a
const TAB = 0x09
const ending: readonly number[] = [CR, LF, CR, LF]
