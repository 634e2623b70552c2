import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { ServerOptions } from '../protocol/options/options.ts'
import { forwardedPeer, isTrustedProxy } from './forwarded.ts'
import { type Authority, parseAuthority } from './http/authority.ts'
import { isBase64Of16 } from './http/base64.ts'
import { parseExtensions } from './http/extension-header.ts'
import type { HeaderFields } from './http/header-fields.ts'
import { HttpException } from './http/http-exception.ts'
import { parseRequestHead, type RequestHead } from './http/http1-head.ts'
import { asHttpException } from './http/malformed-head.ts'
import { parseQuery } from './http/query.ts'
import { quoted } from './http/quoted.ts'
import { parseTarget } from './http/request-target.ts'
import { isToken, listContains, listOf } from './http/tokens.ts'
import { IncomingRequest, type RequestParts } from './incoming-request.ts'
import { isLoopbackAddress, isLoopbackHostAllowed } from './loopback.ts'
import { isOriginAllowed } from './origin.ts'

/** A client's opening handshake that has passed all checks. */
export interface UpgradeRequest {
  readonly isUpgrade: true
  readonly request: IncomingRequest
  /** The `Sec-WebSocket-Key`, for `acceptFor`. */
  readonly key: string
}

/**
 * A GET or HEAD that does not ask for WebSocket. It is answered with `statusPage` where the option `webStatus` is on, else with
 * `upgradeRequired`.
 */
export interface PlainRequest {
  readonly isUpgrade: false
  readonly resource: string
}

/** The way clients reach the server, where it differs from the way the server listens. */
export interface RequestSession {
  /** The port that the request's host must have; `undefined` accepts any. */
  readonly externalPort?: number | undefined
  /** Whether clients use TLS; `undefined` takes it from the transport. */
  readonly isSecure?: boolean | undefined
}

/** The options that requests are checked by. */
export type RequestOptions = Pick<
  ServerOptions,
  'versions' | 'allowedOrigins' | 'allowNullOrigin' | 'allowedHosts' | 'trustXForwardedFor' | 'trustedProxies'
>

/**
 * Checks a client's opening handshake, RFC 6455 §4.2.1, and whether its page may connect, §10.2.
 *
 * Throws an `HttpException` to answer with; its reason is safe to send and to log. Any other error comes from a `trustedProxies` function.
 */
export function checkRequest(
  head: RequestHead,
  transport: TransportDetails,
  options: RequestOptions,
  session: RequestSession = {},
): UpgradeRequest | PlainRequest {
  const { headers } = head
  const isSecure = session.isSecure ?? transport.isSecure
  const isUpgrade = listContains(headers.get('upgrade'), 'websocket')
  checkRequestLine(head, isUpgrade)
  const target = parseTarget(head.target)
  const authority = authorityOf(head, target.authority, isUpgrade)
  checkExternalPort(authority, isSecure || target.isSecure, session.externalPort)
  checkNoBody(headers)
  if (!isUpgrade) return { isUpgrade: false, resource: target.resource }
  checkConnection(headers)
  const version = versionOf(headers, options.versions)
  const protocols = protocolsOf(headers)
  const origin = originOf(headers, version)
  const key = keyOf(headers)
  const offered = headers.get('sec-websocket-extensions')
  const extensions = offered === undefined ? nothing : asHttpException(() => parseExtensions(offered))
  checkOrigin(origin, authority!, isSecure, options)
  const forwarded = forwardedPeer(headers, transport.peer.address, options)
  if (origin !== undefined && forwarded === undefined) checkLoopbackHost(authority!.host, transport, options)
  const reached = forwarded === undefined ? transport : { ...transport, peer: forwarded }
  const parts = {
    peer: reached.peer,
    transport: reached,
    headers,
    host: authority!.host,
    ...partsOf(target.resource),
    version,
    origin,
    protocols,
    extensions,
  }
  return { isUpgrade: true, request: new IncomingRequest(parts, target.authority), key }
}

/** The options that say which pages may use a server. */
export type PageRules = Omit<RequestOptions, 'versions'>

/**
 * Checks whether the page that has sent a request of plain HTTP may use this server, by the rules for opening handshakes: `Origin`, and the
 * host where the server is on loopback. Returns the details of the transport, whose peer is the client, also behind trusted proxies.
 *
 * Throws an `HttpException` to answer with. Any other error comes from a `trustedProxies` function.
 */
export function checkPage(head: RequestHead, transport: TransportDetails, rules: PageRules): TransportDetails {
  const { headers } = head
  const authority = authorityOf(head, parseTarget(head.target).authority, false)
  const origin = headers.has('origin') ? only(headers, 'Origin') : undefined
  if (origin !== undefined && authority === undefined) throw badRequest('a request of a page has no Host header')
  if (authority !== undefined) checkOrigin(origin, authority, transport.isSecure, rules)
  const forwarded = forwardedPeer(headers, transport.peer.address, rules)
  if (origin !== undefined && forwarded === undefined) checkLoopbackHost(authority!.host, transport, rules)
  return forwarded === undefined ? transport : { ...transport, peer: forwarded }
}

/**
 * Reads a request again that `checkRequest` has accepted, from the text of its head.
 *
 * `reached` is the transport of the request that was accepted: its peer is the client, also behind trusted proxies.
 */
export function acceptedRequest(text: string, reached: TransportDetails): IncomingRequest {
  const head = parseRequestHead(text)
  const { headers } = head
  const target = parseTarget(head.target)
  const version = Number(headers.get('sec-websocket-version'))
  const offered = headers.get('sec-websocket-extensions')
  const parts = {
    peer: reached.peer,
    transport: reached,
    headers,
    host: authorityOf(head, target.authority, true)!.host,
    ...partsOf(target.resource),
    version,
    origin: originOf(headers, version),
    protocols: protocolsOf(headers),
    extensions: offered === undefined ? nothing : parseExtensions(offered),
  }
  return new IncomingRequest(parts, target.authority)
}

/** Returns the answer to a GET or HEAD that does not ask for WebSocket, RFC 9110 §15.5.22. */
export function upgradeRequired(versions: readonly number[]): HttpException {
  return new HttpException(426, 'this is a WebSocket endpoint, and the request does not ask for an upgrade to websocket', [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', listed(versions)],
  ])
}

/**
 * Checks method and version, RFC 6455 §4.2.1, 1: a GET of HTTP/1.1 or higher. HTTP/2 needs another handshake (RFC 8441).
 *
 * A request that does not ask for WebSocket may also be a HEAD, and of HTTP/1.0: health checks send such requests.
 */
function checkRequestLine({ method, httpVersion }: RequestHead, isUpgrade: boolean): void {
  const isPlain = !isUpgrade && method === 'HEAD'
  if (method !== 'GET' && !isPlain) throw new HttpException(405, `method ${quoted(method)} is not GET`, [['Allow', 'GET, HEAD']])
  if (httpVersion === '1.1' || (httpVersion === '1.0' && !isUpgrade)) return
  throw new HttpException(505, `HTTP version ${quoted(httpVersion)} is not 1.1`)
}

/**
 * Returns the host and port of the request: from its target in absolute form, else from its `Host` header, of which there must be exactly
 * one (RFC 6455 §4.2.1, 2, RFC 9112 §3.2 and §3.2.2). Requests of HTTP/1.0 may lack it.
 */
function authorityOf({ headers, httpVersion }: RequestHead, ofTarget: Authority | undefined, isUpgrade: boolean): Authority | undefined {
  if (httpVersion === '1.0' && !isUpgrade && !headers.has('host')) return ofTarget
  const value = only(headers, 'Host')
  const ofHeader = parseAuthority(value)
  if (ofHeader === undefined) throw badRequest(`Host ${quoted(value)} is not a host with or without a port`)
  return ofTarget ?? ofHeader
}

/**
 * Checks the port of the host. A host without a port means the default port of the client's scheme, which a proxy that ends TLS hides from
 * this server.
 */
function checkExternalPort(authority: Authority | undefined, isSecure: boolean, externalPort: number | undefined): void {
  if (authority === undefined || externalPort === undefined || authority.port === externalPort) return
  const fitsDefault = externalPort === 443 || (externalPort === 80 && !isSecure)
  if (authority.port === undefined && fitsDefault) return
  const found = authority.port === undefined ? 'Host has no port' : `Host has port ${authority.port}`
  throw badRequest(`${found}, and this server is at port ${externalPort}`)
}

/**
 * Refuses a body: a proxy in front could take for a body what this server takes for frames, and the other way round (request smuggling).
 */
function checkNoBody(headers: HeaderFields): void {
  if (headers.has('transfer-encoding')) throw badRequest('request has Transfer-Encoding, and a handshake has no body')
  for (const length of headers.all('content-length')) {
    if (length !== '0') throw badRequest(`request has Content-Length ${quoted(length)}, and a handshake has no body`)
  }
}

/** Checks `Connection`, RFC 6455 §4.2.1, 4. */
function checkConnection(headers: HeaderFields): void {
  const connection = headers.get('connection')
  if (connection === undefined) throw badRequest('no Connection header')
  if (!listContains(connection, 'upgrade')) throw badRequest(`Connection ${quoted(connection)} has no upgrade`)
}

/**
 * Checks the version, RFC 6455 §4.2.1, 6 and §4.4; a refusal lists the supported ones. It is compared as text, so that there is one way to
 * write it (decision 13).
 */
function versionOf(headers: HeaderFields, versions: readonly number[]): number {
  const values = headers.all('sec-websocket-version')
  if (values.length === 1) {
    for (const version of versions) if (String(version) === values[0]) return version
  }
  const asked =
    values.length === 0 ? 'no Sec-WebSocket-Version header' : `Sec-WebSocket-Version ${quoted(values.join(', '))} is not spoken here`
  throw new HttpException(426, asked, [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', listed(versions)],
  ])
}

/** Reads the subprotocols: tokens, each one once; several header lines form one list (RFC 6455 §4.1, 10). */
function protocolsOf(headers: HeaderFields): readonly string[] {
  const value = headers.get('sec-websocket-protocol')
  if (value === undefined) return nothing
  const protocols = listOf(value)
  if (protocols.length > maxProtocols) throw new HttpException(431, `more than ${maxProtocols} subprotocols`)
  const bad = protocols.find(protocol => !isToken(protocol))
  if (bad !== undefined) throw badRequest(`subprotocol ${quoted(bad)} is not a valid token`)
  const repeated = protocols.find((protocol, i) => protocols.indexOf(protocol) !== i)
  if (repeated !== undefined) throw badRequest(`subprotocol ${quoted(repeated)} is offered twice`)
  return protocols
}

/** Returns the origin. Version 8 has a header of its own for it; where that is missing, `Origin` counts. */
function originOf(headers: HeaderFields, version: number): string | undefined {
  const name = version === 8 && headers.has('sec-websocket-origin') ? 'Sec-WebSocket-Origin' : 'Origin'
  return headers.has(name) ? only(headers, name) : undefined
}

/** Returns the key, RFC 6455 §4.2.1, 5. */
function keyOf(headers: HeaderFields): string {
  const key = only(headers, 'Sec-WebSocket-Key')
  if (!isBase64Of16(key)) throw badRequest(`Sec-WebSocket-Key ${quoted(key)} is not 16 octets in base64`)
  return key
}

function checkOrigin(origin: string | undefined, host: Authority, isSecure: boolean, options: PageRules): void {
  if (isOriginAllowed(origin, host, isSecure, options)) return
  throw new HttpException(403, `allowedOrigins of the server does not have the origin ${quoted(origin!)}`)
}

/**
 * Refuses pages that reach a service on loopback by a name that an attacker could own. A Unix socket has no address, and pages cannot reach
 * it.
 */
function checkLoopbackHost(host: string, { own, peer }: TransportDetails, options: PageRules): void {
  if (!isLoopbackAddress(own.address) || isLoopbackHostAllowed(host, options.allowedHosts)) return
  if (isTrustedProxy(peer.address, options)) return
  throw new HttpException(403, `allowedHosts of the server does not have the host ${quoted(host)}, and this is a loopback address`)
}

function partsOf(resource: string): Pick<RequestParts, 'resource' | 'path' | 'params'> {
  const mark = resource.indexOf('?')
  if (mark < 0) return { resource, path: resource, params: noParams }
  return { resource, path: resource.slice(0, mark), params: parseQuery(resource.slice(mark + 1)) }
}

function only(headers: HeaderFields, name: string): string {
  const values = headers.all(name)
  const value = values[0]
  if (value === undefined) throw badRequest(`no ${name} header`)
  if (values.length > 1) throw badRequest(`more than one ${name} header`)
  return value
}

function listed(versions: readonly number[]): string {
  return versions.toSorted((a, b) => b - a).join(', ')
}

function badRequest(reason: string): HttpException {
  return new HttpException(400, reason)
}

/** The extensions of requests that offer none. */
const nothing: readonly never[] = []

const noParams: ReadonlyMap<string, readonly string[]> = new Map()

const maxProtocols = 100
