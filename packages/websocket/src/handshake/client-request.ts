import type { Crypto } from '../bytes/crypto.ts'
import type { Octets } from '../bytes/octets.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import type { ConnectingRequest } from './connection-request.ts'
import { parseAuthority } from './http/authority.ts'
import { base64 } from './http/base64.ts'
import { type OfferedExtension, parseExtensions } from './http/extension-header.ts'
import { addedHeaders, formatHead } from './http/head-writer.ts'
import type { HeaderFields } from './http/header-fields.ts'
import type { HeadersInput } from './http/http-exception.ts'
import type { ResponseHead } from './http/http1-head.ts'
import { asHandshakeFailed } from './http/malformed-head.ts'
import { quoted } from './http/quoted.ts'
import { isToken, isVisibleAscii, listContains } from './http/tokens.ts'
import { acceptFor } from './response.ts'

/** The parts of the request that a server's response is checked against. */
export interface ExpectedResponse {
  /** The `Sec-WebSocket-Key` of the request. */
  readonly key: string
  readonly crypto: Crypto
  /** The subprotocols that were offered. */
  readonly protocols: readonly string[]
  /** The path and query that were asked for. */
  readonly resource: string
}

/** The subprotocol and extensions that a server agreed to. */
export interface CheckedResponse {
  /** Empty where the server chose none. */
  readonly protocol: string
  /** The extensions of the server's answer; `confirmExtensions` checks whether they were offered. */
  readonly extensions: readonly OfferedExtension[]
}

/** Makes a `Sec-WebSocket-Key` from 16 unpredictable octets, RFC 6455 §4.1, 7. */
export function makeKey(crypto: Crypto): string {
  const octets = new Uint8Array(16)
  crypto.fillRandom(octets)
  return base64(octets)
}

/**
 * Formats a client's opening handshake, RFC 6455 §4.1. `extensionsHeader` is the result of `offerExtensions`, `version` is 13 or 8.
 *
 * Throws `ApiMisuse` for headers that the handshake sets itself (also by the fields of `connecting`), for an invalid host or resource, for
 * subprotocols that are not tokens or are repeated, and for line breaks, control characters or characters above U+00FF anywhere.
 */
export function formatRequest(connecting: ConnectingRequest, key: string, extensionsHeader: string, version: number): Octets {
  const { host, resource, headers, origin, protocols, useragent } = connecting
  checkTarget(host, resource)
  checkOffered(protocols)
  return formatHead(`GET ${resource} HTTP/1.1`, [
    ['User-Agent', useragent || undefined],
    ['Host', host],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-cache'],
    ...addedHeaders(headers, setByRequest),
    ['Sec-WebSocket-Key', key],
    [version === 8 ? 'Sec-WebSocket-Origin' : 'Origin', origin],
    ['Sec-WebSocket-Protocol', protocols.join(',') || undefined],
    ['Sec-WebSocket-Extensions', extensionsHeader || undefined],
    ['Sec-WebSocket-Version', String(version)],
  ])
}

/** Checks the headers of every request. Throws `ApiMisuse` as `formatRequest` does. */
export function checkRequestHeaders(headers: HeadersInput): void {
  addedHeaders(headers, setByRequest)
}

/**
 * Checks a server's response, RFC 6455 §4.1, and returns what it agreed to.
 *
 * Throws `HandshakeFailed` with the status and the value that is wrong. Redirects are not followed: they could carry the application's
 * headers to another server.
 */
export function checkResponse(head: ResponseHead, expected: ExpectedResponse): CheckedResponse {
  const { headers, status } = head
  if (head.httpVersion !== '1.1') throw failed(`server answered with HTTP ${head.httpVersion}, and not 1.1`, status)
  if (status !== 101) throw refused(head, expected.resource)
  if (only(headers, 'Upgrade').toLowerCase() !== 'websocket') throw failed(`server upgrades to ${quoted(headers.get('upgrade')!)}`)
  const connection = headers.get('connection') ?? ''
  if (!listContains(connection, 'upgrade')) throw failed(`Connection ${quoted(connection)} has no upgrade`)
  const accept = only(headers, 'Sec-WebSocket-Accept')
  const wanted = acceptFor(expected.key, expected.crypto)
  if (accept !== wanted) throw failed(`Sec-WebSocket-Accept ${quoted(accept)} is not ${quoted(wanted)}`)
  const value = headers.get('sec-websocket-extensions') ?? ''
  const extensions = asHandshakeFailed(() => parseExtensions(value, 'refuse'), status)
  return { protocol: protocolOf(headers, expected.protocols), extensions }
}

function checkTarget(host: string, resource: string): void {
  if (parseAuthority(host) === undefined) throw new ApiMisuse(`${quoted(host)} is not a host with or without a port`)
  const isResource = resource.startsWith('/') && isVisibleAscii(resource) && !resource.includes('#')
  if (!isResource) throw new ApiMisuse(`resource ${quoted(resource)} is not a path with or without a query`)
}

/** Checks the subprotocols to offer: each must be a token and occur once (RFC 6455 §4.1, 10). Throws `ApiMisuse`. */
export function checkOffered(protocols: readonly string[]): void {
  const bad = protocols.find(protocol => !isToken(protocol))
  if (bad !== undefined) throw new ApiMisuse(`subprotocol ${quoted(bad)} is not a valid token`)
  if (new Set(protocols).size !== protocols.length) throw new ApiMisuse('a subprotocol is offered twice')
}

/** Names the path where the server says that it does not have it, without the query, which may be secret. */
function refused({ status, reason, headers }: ResponseHead, resource: string): HandshakeFailed {
  const place = status === 404 ? ` for the path ${quoted(resource.split('?', 1)[0]!)}` : ''
  const answer = `${status}${reason === '' ? '' : ` ${quoted(reason)}`}${place}`
  const location = status >= 300 && status < 400 ? headers.get('location') : undefined
  if (location === undefined) return failed(`server answered ${answer}`, status)
  return failed(`server answered ${answer}, and its redirect to ${quoted(location)} is not followed`, status)
}

/** Reads the subprotocol of the response: at most one, and only one that was offered (RFC 6455 §4.1). */
function protocolOf(headers: HeaderFields, offered: readonly string[]): string {
  if (!headers.has('sec-websocket-protocol')) return ''
  const protocol = only(headers, 'Sec-WebSocket-Protocol')
  if (!offered.includes(protocol)) throw failed(`subprotocol ${quoted(protocol)} was not offered`)
  return protocol
}

function only(headers: HeaderFields, name: string): string {
  const values = headers.all(name)
  const value = values[0]
  if (value === undefined) throw failed(`server answered without ${name} header`)
  if (values.length > 1) throw failed(`server answered with more than one ${name} header`)
  return value
}

function failed(message: string, status = 101): HandshakeFailed {
  return new HandshakeFailed(message, status)
}

const setByRequest: ReadonlySet<string> = new Set([
  'host',
  'upgrade',
  'connection',
  'user-agent',
  'origin',
  'sec-websocket-origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'sec-websocket-accept',
  'content-length',
  'transfer-encoding',
])
