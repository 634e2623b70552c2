import type { Crypto } from '../bytes/crypto.ts'
import { joined, type Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import type { NegotiatedExtension } from '../protocol/extending/extension.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { base64 } from './http/base64.ts'
import { formatExtension } from './http/extension-header.ts'
import { addedHeaders, formatHead, formatLine } from './http/head-writer.ts'
import type { HeadersInput } from './http/http-exception.ts'
import { encodeLatin1 } from './http/latin1.ts'
import { quoted } from './http/quoted.ts'
import { statusText } from './http/status-text.ts'
import { isToken } from './http/tokens.ts'

/** The contents of a response that accepts a connection. */
export interface AcceptParts {
  /** The result of `acceptFor` for the client's key. */
  readonly accept: string
  /** The subprotocol; empty for none. */
  readonly protocol: string
  readonly extensions: readonly NegotiatedExtension[]
  /** The `Server` header; nothing or empty leaves it out. */
  readonly serverHeader?: string | undefined
  /** The factory's headers for all responses. */
  readonly factoryHeaders?: HeadersInput | undefined
  /** The headers from `onConnect` for this response. */
  readonly headers?: HeadersInput | undefined
}

/**
 * Formats the response that accepts a connection, RFC 6455 §4.2.2.
 *
 * Throws `ApiMisuse` for headers that the handshake sets itself, and for line breaks, control characters or characters above U+00FF
 * anywhere. `utf8` is the runtime's text port, for `encodeLatin1`. Since every connection has this response, it is built as one string and
 * not as a list of lines.
 */
export function formatAccept(parts: AcceptParts, utf8?: Text): Octets {
  const { accept, protocol, extensions, serverHeader, factoryHeaders, headers } = parts
  if (protocol !== '' && !isToken(protocol)) throw new ApiMisuse(`subprotocol ${quoted(protocol)} is not a valid token`)
  let text = acceptStart
  text += formatLine('Server', serverHeader || undefined)
  text += upgradeLines
  text += formatAdded(factoryHeaders)
  text += formatAdded(headers)
  text += formatLine('Sec-WebSocket-Protocol', protocol || undefined)
  text += formatLine('Sec-WebSocket-Accept', accept)
  if (extensions.length > 0)
    text += formatLine('Sec-WebSocket-Extensions', extensions.map(one => formatExtension(one.name, one.parameters)).join(', '))
  return encodeLatin1(`${text}\r\n`, utf8)
}

function formatAdded(input: HeadersInput | undefined): string {
  const added = addedHeaders(input, setByAccept)
  let text = ''
  // nearly always there are none; then no iterator is made either
  if (added.size > 0) for (const [name, value] of added) text += formatLine(name, value)
  return text
}

/** Checks the headers of every response that accepts. Throws `ApiMisuse` as `formatAccept` does. */
export function checkAcceptHeaders(headers: HeadersInput): void {
  addedHeaders(headers, setByAccept)
}

/** Returns `Sec-WebSocket-Accept` for a client's key, RFC 6455 §4.2.2. The key has been checked to be ASCII. */
export function acceptFor(key: string, crypto: Crypto): string {
  const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  return crypto.sha1Base64?.(text) ?? base64(crypto.sha1(encodeLatin1(text)))
}

/** The contents of a response that refuses a connection. */
export interface RefusalParts {
  /** The HTTP status, from 300 to 599. */
  readonly status: number
  /** The reason phrase. Empty for the standard phrase of the status. */
  readonly reason: string
  /** The body. Default: the reason phrase in a line of its own. */
  readonly body?: string | undefined
  /** More headers; they may have `Content-Type` and, as 426 demands, `Upgrade`. */
  readonly headers?: HeadersInput | undefined
  /** The `Server` header; nothing or empty leaves it out. */
  readonly serverHeader?: string | undefined
}

/**
 * Formats the response that refuses a connection. It ends the connection, whatever the client has sent after its request.
 *
 * Throws `ApiMisuse` for a status outside 300 to 599, and for what `formatAccept` refuses.
 */
export function formatRefusal({ status, reason, headers, body, serverHeader }: RefusalParts, text: Text): Octets {
  if (!Number.isInteger(status) || status < 300 || status > 599) throw new ApiMisuse(`status ${status} is not within 300 and 599`)
  const phrase = reason || statusText(status)
  const added = addedHeaders(headers, setByRefusal)
  const content = text.encode(body ?? `${phrase}\n`)
  const head = formatHead(`HTTP/1.1 ${status} ${phrase}`, [
    ['Server', serverHeader || undefined],
    ...added,
    ['Content-Type', added.has('content-type') ? undefined : 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', added.has('x-content-type-options') ? undefined : 'nosniff'],
    ['Content-Length', String(content.length)],
    // RFC 9110 §7.8: a sender of Upgrade names it in Connection.
    ['Connection', added.has('upgrade') ? 'close, Upgrade' : 'close'],
  ])
  return joined([head, content])
}

/** Returns the response to a HEAD: the same head without the content (RFC 9110 §9.3.2). */
export function withoutContent(response: Octets): Octets {
  for (let at = 3; at < response.length; at++) {
    if (response[at] === 10 && response[at - 1] === 13 && response[at - 2] === 10 && response[at - 3] === 13)
      return response.subarray(0, at + 1)
  }
  return response
}

const acceptStart: string = `HTTP/1.1 101 ${statusText(101)}\r\n`
const upgradeLines = 'Upgrade: websocket\r\nConnection: Upgrade\r\n'

const setByRefusal: ReadonlySet<string> = new Set([
  'connection',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'content-length',
  'transfer-encoding',
])
const setByAccept: ReadonlySet<string> = new Set([...setByRefusal, 'upgrade'])
