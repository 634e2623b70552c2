import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import { type Encoded, emptyPayload, type Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { asText, joinTexts, splitText } from './batches.ts'
import { EncodedPayload, type OpenedPayload, type OpenPayload, opened } from './encoded-payload.ts'
import { buildJson } from './json-builder.ts'
import { JsonScanner } from './json-scanner.ts'
import { jsonForm, writeJson } from './json-writer.ts'
import { resolveLimits, type SerializerLimits } from './limits.ts'
import { type ElementReader, noKeys, readMessage } from './read-message.ts'
import type { Serializer } from './serializer.ts'

/** The serializer `json`: messages are text. Binary data is a text of U+0000 and base64. */
export class JsonSerializer implements Serializer {
  readonly name = 'json'
  readonly isBinary = false
  readonly rawSocketId = 1
  readonly #reader: JsonReader

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    this.#reader = new JsonReader(resolveLimits(limits))
  }

  encode(message: Message): string {
    return writeJson(message)
  }

  decode(data: Encoded, trustsPayload = false): Message {
    return readMessage(messageRule, this.#reader, data, trustsPayload)
  }

  join(messages: readonly Encoded[]): string {
    return joinTexts(messages.map(asText))
  }

  split(batch: Encoded): string[] {
    return splitText(asText(batch))
  }
}

/** Reads the elements of one text after the other. */
class JsonReader implements ElementReader {
  readonly #scanner: JsonScanner
  readonly #openUnchecked: OpenPayload
  #text = ''
  isTransparent = false

  constructor(limits: SerializerLimits) {
    this.#scanner = new JsonScanner(limits)
    this.#openUnchecked = ({ data }) => openUnchecked(data, limits)
  }

  begin(data: Encoded): boolean {
    this.#text = asText(data)
    this.isTransparent = false
    const scanner = this.#scanner
    scanner.begin(this.#text)
    if (scanner.next() !== openList) throw new ProtocolViolation('a message must be a list')
    scanner.at++
    if (scanner.next() !== closeList) return true
    scanner.at++
    return false
  }

  element(): unknown {
    const scanner = this.#scanner
    const code = scanner.next()
    const start = scanner.at
    if (code === quote) {
      const hasEscapes = scanner.string()
      if (!hasEscapes && this.#text.length <= shortText) return this.#text.slice(start + 1, scanner.at - 1)
    } else if (code >= zero && code <= nine) {
      const integer = scanner.number()
      if (integer >= 0) return integer
    } else if (code === openObject && this.#text.charCodeAt(start + 1) === closeObject) {
      scanner.at = start + 2
      return noKeys
    } else scanner.value()
    const text = this.#text.slice(start, scanner.at)
    if (!scanner.isSpecial) return JSON.parse(text)
    scanner.isSpecial = false
    return buildJson(text)
  }

  more(): boolean {
    const scanner = this.#scanner
    const code = scanner.next()
    scanner.at++
    if (code === comma) return true
    if (code === closeList && scanner.next() === -1) return false
    if (code !== closeList) scanner.at--
    throw scanner.unexpected()
  }

  payload(name: string, isTrusted: boolean): Payload {
    const scanner = this.#scanner
    const first = scanner.next()
    const start = scanner.at
    this.isTransparent = first === quote
    const isNull = first === letterN
    if (!this.isTransparent && !isNull && first !== openList) throw new ProtocolViolation(`${name}.Arguments must be a list`)
    if (isTrusted && !isNull && !this.#endsWithNull()) return this.#unread(start)
    scanner.value()
    const endOfArguments = scanner.at
    let hasKeywords = false
    if (this.isTransparent) {
      if (!scanner.isSpecial) throw new ProtocolViolation(`${name}.Arguments must be a list, and not a string`)
    } else if (scanner.next() === comma) {
      scanner.at++
      hasKeywords = this.#keywords(name)
    }
    if (isNull && !hasKeywords) return emptyPayload
    const end = hasKeywords ? scanner.at : endOfArguments
    // what is handed on has an empty list in the place of null (decision 138)
    const data = isNull ? `[]${this.#text.slice(endOfArguments, end)}` : this.#text.slice(start, end)
    const isOurs = scanner.isSpecial || end - start <= few
    return new EncodedPayload(jsonForm(data, hasKeywords ? 2 : 1), isOurs ? openByUs : openByEngine)
  }

  /** Reads ArgumentsKw. Returns whether it is a dictionary, and not null. */
  #keywords(name: string): boolean {
    const scanner = this.#scanner
    const first = scanner.next()
    if (first === letterN) {
      scanner.value()
      return false
    }
    if (first !== openObject) throw new ProtocolViolation(`${name}.ArgumentsKw must be a dictionary`)
    scanner.object()
    return true
  }

  /** Tells whether the last element of the message may be null. */
  #endsWithNull(): boolean {
    let at = this.#text.lastIndexOf(']') - 1
    while (isSpace(this.#text.charCodeAt(at))) at--
    return this.#text.charCodeAt(at) === letterL
  }

  /** Takes the rest of the text as the payload, without looking at it. */
  #unread(start: number): Payload {
    const end = this.#text.lastIndexOf(']')
    if (end < start) throw this.#scanner.unexpected()
    this.#scanner.at = end
    // how many elements it is would need a look at it, and text does not tell
    return new EncodedPayload(jsonForm(this.#text.slice(start, end), 1), this.#openUnchecked)
  }
}

const openByEngine: OpenPayload = ({ data }) => opened(JSON.parse(`[${data}]`))
/** Opens a payload that is short, or has binary data or integers beyond 2^53. */
const openByUs: OpenPayload = ({ data }) => opened(buildJson(`[${data}]`) as unknown[])

/** Opens a payload that was not checked when it arrived. Throws `ProtocolViolation`. */
function openUnchecked(text: Encoded, limits: SerializerLimits): OpenedPayload {
  const reader = new JsonReader(limits)
  reader.begin(`[${text}]`)
  const payload = reader.payload('the message', false)
  if (reader.more()) throw new ProtocolViolation('the message has more elements than it may have')
  return payload
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13
}

/** The length of a payload up to which our builder is faster than `JSON.parse`, measured on Node 20. */
const few = 24
/** The length up to which a URI may be a slice of the text, which keeps the whole text in memory. Routers keep URIs for long. */
const shortText = 512

const quote = 34
const comma = 44
const zero = 48
const nine = 57
const openList = 91
const closeList = 93
const letterL = 108
const letterN = 110
const openObject = 123
const closeObject = 125
