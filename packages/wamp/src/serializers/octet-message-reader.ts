import type { Encoded, Payload, PayloadForm } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { asOctets } from './batches.ts'
import { EncodedPayload, type OpenedPayload, type OpenPayload, opened } from './encoded-payload.ts'
import type { SerializerLimits } from './limits.ts'
import { type ElementReader, noKeys } from './read-message.ts'

/** Goes over octets of one binary format and checks them, without building a value. Each method throws `ProtocolViolation`. */
export interface OctetScanner {
  /** The index of the next octet. */
  at: number
  /** The index behind the items of the outermost list. */
  readonly end: number
  /** Whether something has been found that receivers may take for something else than it is here. Such a payload is not handed on as it came. */
  isForeign: boolean
  /** Begins other octets. */
  begin(octets: Uint8Array): void
  /** Goes over the head of the outermost list, and returns how many items it has. */
  beginList(): number
  /** Goes over the end of the outermost list, where the format has one. */
  endList(): void
  /** Goes over one value. */
  value(): void
  /** Returns the kind of the next value; `undefined` is null. */
  kind(): ValueKind
}

/** The kinds of values that a reader of messages tells apart. */
export type ValueKind = 'list' | 'dictionary' | 'binary' | 'null' | 'other'

/** The parts of a binary format that a reader of messages needs. */
export interface OctetFormat {
  /** The name of the serializer. */
  readonly name: string
  /** The head of a dictionary without keys. */
  readonly emptyDictionary: number
  /** The last octets of the forms of null and of `undefined`. */
  readonly endsOfNull: readonly number[]
  scanner(limits: SerializerLimits): OctetScanner
  /** Builds the value at an index, which a scanner has accepted. */
  build(octets: Uint8Array, at: number): unknown
  /** Builds the values that follow each other from one index to another. */
  buildAll(octets: Uint8Array, start: number, end: number): unknown[]
}

/** Reads the elements of messages in a binary format. */
export class OctetMessageReader implements ElementReader {
  readonly #format: OctetFormat
  readonly #scanner: OctetScanner
  readonly #open: OpenPayload
  readonly #openUnchecked: OpenPayload
  #octets: Uint8Array = nothing
  /** The number of elements that have not been read. */
  #left = 0
  isTransparent = false

  constructor(format: OctetFormat, limits: SerializerLimits) {
    this.#format = format
    this.#scanner = format.scanner(limits)
    this.#open = ({ data, start, end }) => opened(format.buildAll(data as Uint8Array, start, end))
    this.#openUnchecked = form => openUnchecked(format, limits, form)
  }

  begin(data: Encoded): boolean {
    const octets = asOctets(data)
    this.#octets = octets
    this.isTransparent = false
    this.#scanner.begin(octets)
    this.#left = this.#scanner.beginList()
    return this.#left > 0
  }

  element(): unknown {
    const scanner = this.#scanner
    const start = scanner.at
    const head = this.#octets[start]!
    this.#left--
    if (head < smallIntegers) {
      scanner.at = start + 1
      return head
    }
    if (head === this.#format.emptyDictionary) {
      scanner.at = start + 1
      return noKeys
    }
    scanner.value()
    return this.#format.build(this.#octets, start)
  }

  more(): boolean {
    if (this.#left > 0) return true
    this.#scanner.endList()
    if (this.#scanner.at !== this.#octets.length) throw new ProtocolViolation('there are octets after the message')
    return false
  }

  payload(name: string, isTrusted: boolean): Payload {
    const scanner = this.#scanner
    const start = scanner.at
    const elements = this.#left
    const kind = scanner.kind()
    this.isTransparent = kind === 'binary'
    if (kind !== 'list' && kind !== 'binary' && kind !== 'null') throw new ProtocolViolation(`${name}.Arguments must be a list`)
    if (elements > (this.isTransparent ? 1 : 2)) throw new ProtocolViolation(`${name} has more elements than it may have`)
    this.#left = 0
    if (isTrusted && kind !== 'null' && !(elements === 2 && this.#endsWithNull())) {
      scanner.at = scanner.end
      return this.#payload(start, elements, this.#openUnchecked)
    }
    scanner.isForeign = false
    scanner.value()
    let hasNull = kind === 'null'
    if (elements === 2) {
      const kindOfKeywords = scanner.kind()
      if (kindOfKeywords === 'null') hasNull = true
      else if (kindOfKeywords !== 'dictionary') throw new ProtocolViolation(`${name}.ArgumentsKw must be a dictionary`)
      scanner.value()
    }
    // what is handed on has no null (decision 138)
    if (scanner.isForeign || hasNull) return opened(this.#format.buildAll(this.#octets, start, scanner.at))
    return this.#payload(start, elements, this.#open)
  }

  /** Tells whether the last element of the message may be null. */
  #endsWithNull(): boolean {
    return this.#format.endsOfNull.includes(this.#octets[this.#scanner.end - 1]!)
  }

  #payload(start: number, elements: number, open: OpenPayload): Payload {
    return new EncodedPayload({ serializer: this.#format.name, data: this.#octets, start, end: this.#scanner.at, elements }, open)
  }
}

/** Opens a payload that was not checked when it arrived. Throws `ProtocolViolation`. */
function openUnchecked(format: OctetFormat, limits: SerializerLimits, { data, start, end, elements }: PayloadForm): OpenedPayload {
  const octets = (data as Uint8Array).subarray(0, end)
  const scanner = format.scanner(limits)
  scanner.begin(octets)
  scanner.at = start
  scanner.value()
  if (elements === 2) {
    if (scanner.kind() !== 'dictionary') throw new ProtocolViolation('ArgumentsKw must be a dictionary')
    scanner.value()
  }
  if (scanner.at !== end) throw new ProtocolViolation('there are octets after the message')
  return opened(format.buildAll(octets, start, end))
}

const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0)
/** Heads below this one are integers in every format: those of CBOR go up to 23, those of MessagePack up to 127. */
const smallIntegers = 24
