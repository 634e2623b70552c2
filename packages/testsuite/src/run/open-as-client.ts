import { randomBytes } from 'node:crypto'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContextOptions } from 'node:tls'
import type { Case, Opening } from '../cases/case.ts'
import { acceptKey } from '../wire/accept-key.ts'
import { writeExtensions } from '../wire/extension-header.ts'
import { type HttpHead, tokensOf, valuesOf } from '../wire/http-head.ts'
import { latin1, utf8 } from '../wire/octets.ts'
import { type AgreedCompression, agreedByServer, offerOf } from './compression.ts'
import type { OpeningResult } from './judge-opening.ts'
import { answeredOffer, hasValidOffer } from './negotiated.ts'
import { type OpeningRecord, tlsOf } from './opening-record.ts'
import type { Pace } from './pace.ts'
import { readAnswer } from './read-answer.ts'
import { type HeadRead, readHead } from './read-head.ts'
import { writeInParts } from './write-in-parts.ts'

/** The address of a server testee, and the settings for connecting to it. */
export interface ServerPlace {
  /** `ws:` or `wss:`. */
  readonly url: string
  /** The value of `Sec-WebSocket-Version`. Default: 13. */
  readonly version?: number
  /** The value of `Host`. Default: that of the address. */
  readonly hostname?: string
  /** The value of `Origin`. Default: no such header. */
  readonly origin?: string
  /** Subprotocols to ask for. */
  readonly protocols?: readonly string[]
  /** Settings for `wss:`. Default: the server's certificate has to be one that this machine trusts. */
  readonly tls?: TlsPlace
  /** Gives up the opening handshake when it is aborted: it has failed then. */
  readonly signal?: AbortSignal
}

/** The TLS settings for connecting to a server. */
export interface TlsPlace {
  /** Whether to accept any certificate. */
  readonly insecure?: boolean
  /** The certificates, in PEM, that may have signed the server's. */
  readonly ca?: SecureContextOptions['ca']
  /** The certificate and the private key of the client, in PEM. */
  readonly cert?: SecureContextOptions['cert']
  readonly key?: SecureContextOptions['key']
}

/** Thrown if no TCP or TLS connection could be made. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** The result of the opening handshake. */
export type Opened =
  | {
      readonly kind: 'opened'
      readonly socket: Socket
      readonly rest: Uint8Array
      readonly record: OpeningRecord
      readonly compression?: AgreedCompression
    }
  /** The testee opened the connection and declined the extension. */
  | { readonly kind: 'declined'; readonly socket: Socket; readonly rest: Uint8Array; readonly record: OpeningRecord }
  | { readonly kind: 'refused'; readonly reason: string; readonly result: OpeningResult; readonly record: OpeningRecord }

/** Opens a connection to a server testee in the way the case asks for. Throws `Unreachable`. */
export async function openAsClient(
  place: ServerPlace,
  { compression, opening }: Pick<Case, 'compression' | 'opening'>,
  pace: Pace,
): Promise<Opened> {
  const url = new URL(place.url)
  const socket = await connected(url, place, pace)
  const giveUp = (): void => void socket.destroy()
  if (place.signal?.aborted === true) giveUp()
  place.signal?.addEventListener('abort', giveUp, { once: true })
  const key = randomBytes(16).toString('base64')
  const resource = `${url.pathname}${url.search}`
  const host = place.hostname ?? url.host
  const asked = opening?.protocols ?? place.protocols ?? []
  const lines = [
    `GET ${resource} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: autobahn-ts-testsuite',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Version: ${place.version ?? 13}`,
    ...(place.origin === undefined ? [] : [`Origin: ${place.origin}`]),
    ...(place.protocols === undefined || place.protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${place.protocols.join(', ')}`]),
    ...(compression === undefined ? [] : [`Sec-WebSocket-Extensions: ${writeExtensions(offerOf(compression))}`]),
  ]
  const request = opening?.request?.({ resource, host, key, lines }) ?? utf8(`${lines.join('\r\n')}\r\n\r\n`)
  const read = await readHead(socket, pace.opening, writeInParts(socket, request, opening?.cut))
  place.signal?.removeEventListener('abort', giveUp)
  const record = { request: latin1(request.subarray(0, mostShown)), response: read.text.slice(0, mostShown), ...tlsOf(socket) }
  const refused = (reason: string, result: OpeningResult = { end: 'malformed', problem: reason }): Opened => {
    socket.destroy()
    return { kind: 'refused', reason, result, record }
  }
  if (read.problem !== undefined) return refused(read.problem, withoutHead(read))
  const { head, rest } = read
  const status = /^HTTP\/1\.1 (\d{3})( |$)/.exec(head.startLine)?.[1]
  if (status === undefined) return refused(`not a status line of HTTP/1.1: ${head.startLine.slice(0, 200)}`)
  if (status !== '101') {
    const reason = `status ${status} instead of 101`
    if (opening === undefined) return refused(reason)
    const method = /^[!-~]+/.exec(latin1(request.subarray(0, 100)))?.[0] ?? ''
    const answer = await readAnswer(socket, head, rest, { method, seconds: pace.drop })
    const problem = answer.problem ?? opening.inspect?.({ ...answer, status: Number(status), fields: head.fields })
    return refused(reason, { end: 'refused', status: Number(status), ...(problem !== undefined && { problem }) })
  }
  const problem = problemIn(head, keyIn(request) ?? key, asked, opening)
  if (problem !== undefined) return refused(problem)
  const answered = valuesOf(head, 'sec-websocket-extensions').join(',')
  const opened = { kind: 'opened', socket, rest, record } as const
  if (opening?.offer !== undefined) {
    const agreement = answeredOffer(opening.offer, answered)
    if (typeof agreement === 'string') return refused(agreement)
    if (agreement !== undefined) return { ...opened, compression: agreement }
    return hasValidOffer(opening.offer) ? { ...opened, kind: 'declined' } : opened
  }
  if (compression === undefined)
    return answered === '' ? opened : refused(`extensions that were not offered: ${answered.slice(0, 200)} (RFC 6455 §4.1)`)
  const agreement = agreedByServer(compression, answered)
  if (typeof agreement === 'string') return refused(agreement)
  return agreement === undefined ? { ...opened, kind: 'declined' } : { ...opened, compression: agreement }
}

/** Explains why there is no response head: nothing came, or the octets are not a head. */
function withoutHead({ problem, end, text }: Extract<HeadRead, { problem: string }>): OpeningResult {
  if (end === 'rubbish' || text !== '') return { end: 'malformed', problem }
  return { end: end === 'ended' ? 'dropped' : 'silent' }
}

/** Returns the value of `Sec-WebSocket-Key` that the request carries. */
function keyIn(request: Uint8Array): string | undefined {
  return /^sec-websocket-key:[ \t]*([^\r\n]*?)[ \t]*\r?$/im.exec(latin1(request))?.[1]
}

/** Checks a response as RFC 6455 §4.1 asks of clients, and returns what is wrong. */
function problemIn(head: HttpHead, key: string, asked: readonly string[], opening: Opening | undefined): string | undefined {
  if (!tokensOf(head, 'upgrade').includes('websocket')) return 'no Upgrade: websocket in the response (RFC 6455 §4.1)'
  if (!tokensOf(head, 'connection').includes('upgrade')) return 'no Connection: Upgrade in the response (RFC 6455 §4.1)'
  const accepts = valuesOf(head, 'sec-websocket-accept')
  if (accepts.length !== 1 || accepts[0] !== acceptKey(key))
    return `Sec-WebSocket-Accept should be ${acceptKey(key)} once, and is ${accepts.join(' and ').slice(0, 200) || 'missing'} (RFC 6455 §4.1)`
  const [protocol, second] = valuesOf(head, 'sec-websocket-protocol')
  if (second !== undefined) return 'two subprotocols in the response (RFC 6455 §11.3.4)'
  if (protocol !== undefined && !asked.includes(protocol))
    return `the subprotocol ${protocol.slice(0, 100)}, which was not asked for (RFC 6455 §4.1)`
  const hasLength = head.fields.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  return opening !== undefined && hasLength
    ? 'a response with status 101 that says how long its body is (RFC 9110 §8.6, RFC 9112 §6.1)'
    : undefined
}

function connected(url: URL, { tls: { insecure = false, ...tls } = {} }: ServerPlace, pace: Pace): Promise<Socket> {
  const isTls = url.protocol === 'wss:'
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const place = { host, port: Number(url.port) || (isTls ? 443 : 80), noDelay: true, allowHalfOpen: true }
  return new Promise((resolve, reject) => {
    // An IP address is not allowed as the server name of TLS (RFC 6066 §3).
    const name = isIP(host) === 0 && { servername: host }
    const socket = isTls
      ? connectTls({ ...place, ...tls, ...name, ALPNProtocols: ['http/1.1'], rejectUnauthorized: !insecure })
      : connectTcp(place)
    const failed = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(
        new Unreachable(`${url.host} cannot be reached: ${reasonOf(error)}`, {
          cause: error,
        }),
      )
    }
    const timer = setTimeout(() => failed(new Error(`no connection for ${pace.opening} s`)), pace.opening * 1000)
    socket.once('error', failed)
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', failed)
      // The next listener is added in the same turn. Until then an `error` event without a listener would end the process.
      socket.on('error', () => {})
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}

function reasonOf(error: Error & { code?: unknown }): string {
  const { message, code } = error
  const isOfCertificate = typeof code === 'string' && /CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY/.test(code)
  const advice = isOfCertificate ? '; a certificate of your own is named by --ca (ca), or not checked with --insecure (insecure)' : ''
  return `${message || (typeof code === 'string' ? code : 'no reason given')}${advice}`
}

/** The largest part of a head that a report shows, in octets. */
const mostShown = 8192
