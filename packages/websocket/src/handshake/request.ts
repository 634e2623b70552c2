import type { ServerOptions } from '../protocol/options.ts'
import type { TransportDetails } from '../protocol/transport-details.ts'
import { parseAuthority } from './authority.ts'
import { isBase64Of16 } from './base64.ts'
import type { ConnectionRequest } from './connection-request.ts'
import { parseExtensions } from './extension-header.ts'
import { forwardedPeer } from './forwarded.ts'
import type { HeaderFields } from './header-fields.ts'
import { HttpException } from './http-exception.ts'
import type { RequestHead } from './http1-head.ts'
import { asHttpException } from './malformed-head.ts'
import { isOriginAllowed } from './origin.ts'
import { parseQuery } from './query.ts'
import { quoted } from './quoted.ts'
import { isToken, isVisibleAscii, listContains, listOf } from './tokens.ts'
import { defaultPort } from './url.ts'

/** A client's opening handshake that keeps all rules. */
export interface UpgradeRequest {
  readonly isUpgrade: true
  readonly request: ConnectionRequest
  /** `Sec-WebSocket-Key`, for `acceptFor`. */
  readonly key: string
}

/** A GET without `Upgrade`: answered with `statusPage` where the option `webStatus` is on, else with `upgradeRequired`. */
export interface PlainRequest {
  readonly isUpgrade: false
  readonly resource: string
}

/** How clients reach the server, where that is not how it listens. */
export interface RequestSession {
  /** The port that the `Host` header has to have; `undefined` accepts any. */
  readonly externalPort?: number | undefined
  /** Whether clients are known to use TLS; else what the transport says. */
  readonly isSecure?: boolean | undefined
}

/** The options that decide about a request. */
export type RequestOptions = Pick<
  ServerOptions,
  'versions' | 'allowedOrigins' | 'allowNullOrigin' | 'trustXForwardedFor' | 'trustedProxies'
>

/**
 * Checks a client's opening handshake, RFC 6455 §4.2.1, and that its page may connect, §10.2.
 *
 * Throws `HttpException` with what to answer; its reasons are safe to send and to log. Anything else that is thrown comes from a
 * `trustedProxies` function.
 */
export function checkRequest(
  head: RequestHead,
  transport: TransportDetails,
  options: RequestOptions,
  session: RequestSession = {},
): UpgradeRequest | PlainRequest {
  const { headers, target } = head
  const isSecure = session.isSecure ?? transport.isSecure
  checkRequestLine(head)
  const host = hostOf(headers, isSecure, session.externalPort)
  checkNoBody(headers)
  if (!headers.has('upgrade')) return { isUpgrade: false, resource: target }
  checkUpgrade(headers)
  const version = versionOf(headers, options.versions)
  const protocols = protocolsOf(headers)
  const origin = originOf(headers, version)
  const key = keyOf(headers)
  const offered = headers.get('sec-websocket-extensions')
  const extensions = offered === undefined ? nothing : asHttpException(() => parseExtensions(offered))
  checkOrigin(origin, headers, isSecure, options)
  const reached = withForwardedPeer(transport, headers, options)
  const request = { peer: reached.peer, transport: reached, headers, host, ...partsOf(target), version, origin, protocols, extensions }
  return { isUpgrade: true, request, key }
}

/** The answer to a GET without `Upgrade`, RFC 9110 §15.5.22. */
export function upgradeRequired(versions: readonly number[]): HttpException {
  return new HttpException(426, 'this is a WebSocket endpoint, and the request has no Upgrade header', [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', listed(versions)],
  ])
}

function checkRequestLine({ method, target, httpVersion }: RequestHead): void {
  // RFC 6455 §4.2.1, 1: a GET of HTTP/1.1 or higher; HTTP/2 comes another way (RFC 8441).
  if (method !== 'GET') throw new HttpException(405, `method ${quoted(method)} is not GET`, [['Allow', 'GET']])
  if (httpVersion !== '1.1') throw new HttpException(505, `HTTP version ${quoted(httpVersion)} is not 1.1`)
  if (!isVisibleAscii(target)) throw badRequest(`target ${quoted(target)} has a character that must be escaped`)
  if (target.includes('#')) throw badRequest(`target ${quoted(target)} has a fragment`)
  // The absolute form is for proxies (RFC 9112 §3.2.2), and a second host beside `Host` invites confusion about which one counts.
  if (!target.startsWith('/')) throw badRequest(`target ${quoted(target)} is no path`)
}

/** RFC 6455 §4.2.1, 2 and RFC 9112 §3.2: exactly one. */
function hostOf(headers: HeaderFields, isSecure: boolean, externalPort: number | undefined): string {
  const value = only(headers, 'Host')
  const authority = parseAuthority(value)
  if (authority === undefined) throw badRequest(`Host ${quoted(value)} is not a host with or without a port`)
  const port = authority.port ?? defaultPort(isSecure)
  if (externalPort !== undefined && port !== externalPort)
    throw badRequest(`Host has port ${port}, and this server is at port ${externalPort}`)
  return authority.host
}

/** What we take for frames, a proxy in front could take for a body, and the other way round (request smuggling). */
function checkNoBody(headers: HeaderFields): void {
  if (headers.has('transfer-encoding')) throw badRequest('request has Transfer-Encoding, and a handshake has no body')
  const length = headers.all('content-length').find(value => value !== '0')
  if (length !== undefined) throw badRequest(`request has Content-Length ${quoted(length)}, and a handshake has no body`)
}

/** RFC 6455 §4.2.1, 3 and 4. */
function checkUpgrade(headers: HeaderFields): void {
  if (!listContains(headers.get('upgrade'), 'websocket')) throw badRequest(`Upgrade ${quoted(headers.get('upgrade')!)} has no websocket`)
  const connection = headers.get('connection')
  if (connection === undefined) throw badRequest('no Connection header')
  if (!listContains(connection, 'upgrade')) throw badRequest(`Connection ${quoted(connection)} has no upgrade`)
}

/** RFC 6455 §4.2.1, 6 and §4.4: the answer lists what we speak. The number is compared as text, so there is one way to write it. */
function versionOf(headers: HeaderFields, versions: readonly number[]): number {
  const values = headers.all('sec-websocket-version')
  const version = values.length === 1 ? versions.find(one => String(one) === values[0]) : undefined
  if (version !== undefined) return version
  const asked =
    values.length === 0 ? 'no Sec-WebSocket-Version header' : `Sec-WebSocket-Version ${quoted(values.join(', '))} is not spoken here`
  throw new HttpException(426, asked, [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', listed(versions)],
  ])
}

/** RFC 6455 §4.1, 10: tokens, each one once; several header lines are one list. */
function protocolsOf(headers: HeaderFields): readonly string[] {
  const value = headers.get('sec-websocket-protocol')
  if (value === undefined) return nothing
  const protocols = listOf(value)
  if (protocols.length > maxProtocols) throw new HttpException(431, `more than ${maxProtocols} subprotocols`)
  const bad = protocols.find(protocol => !isToken(protocol))
  if (bad !== undefined) throw badRequest(`subprotocol ${quoted(bad)} is no token`)
  const repeated = protocols.find((protocol, i) => protocols.indexOf(protocol) !== i)
  if (repeated !== undefined) throw badRequest(`subprotocol ${quoted(repeated)} is there twice`)
  return protocols
}

/** Version 8 has a name of its own for it; where that is missing, `Origin` counts. */
function originOf(headers: HeaderFields, version: number): string | undefined {
  const name = version === 8 && headers.has('sec-websocket-origin') ? 'Sec-WebSocket-Origin' : 'Origin'
  return headers.has(name) ? only(headers, name) : undefined
}

/** RFC 6455 §4.2.1, 5. */
function keyOf(headers: HeaderFields): string {
  const key = only(headers, 'Sec-WebSocket-Key')
  if (!isBase64Of16(key)) throw badRequest(`Sec-WebSocket-Key ${quoted(key)} is not 16 octets in base64`)
  return key
}

function checkOrigin(origin: string | undefined, headers: HeaderFields, isSecure: boolean, options: RequestOptions): void {
  if (isOriginAllowed(origin, headers.get('host')!, isSecure, options)) return
  throw new HttpException(403, `allowedOrigins of the server does not have the origin ${quoted(origin!)}`)
}

function withForwardedPeer(transport: TransportDetails, headers: HeaderFields, options: RequestOptions): TransportDetails {
  const peer = forwardedPeer(headers, transport.peer.address, options)
  return peer === undefined ? transport : { ...transport, peer }
}

function partsOf(resource: string): Pick<ConnectionRequest, 'resource' | 'path' | 'params'> {
  const mark = resource.indexOf('?')
  if (mark < 0) return { resource, path: resource, params: noParams }
  return { resource, path: resource.slice(0, mark), params: parseQuery(resource.slice(mark + 1)) }
}

function only(headers: HeaderFields, name: string): string {
  const [value, second] = headers.all(name)
  if (value === undefined) throw badRequest(`no ${name} header`)
  if (second !== undefined) throw badRequest(`more than one ${name} header`)
  return value
}

function listed(versions: readonly number[]): string {
  return versions.toSorted((a, b) => b - a).join(', ')
}

function badRequest(reason: string): HttpException {
  return new HttpException(400, reason)
}

/** For all requests that offer nothing. */
const nothing: readonly never[] = []

const noParams: ReadonlyMap<string, readonly string[]> = new Map()

const maxProtocols = 100
