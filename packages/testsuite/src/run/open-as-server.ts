import type { Socket } from 'node:net'
import type { Case, Opening } from '../cases/case.ts'
import { acceptKey } from '../wire/accept-key.ts'
import { writeExtensions } from '../wire/extension-header.ts'
import { type HttpHead, tokensOf, valuesOf } from '../wire/http-head.ts'
import { latin1, utf8 } from '../wire/octets.ts'
import { agreedWithClient } from './compression.ts'
import { agreementWithAnswer, answeredOffer, hasValidOffer } from './negotiated.ts'
import type { Opened } from './open-as-client.ts'
import { tlsOf } from './opening-record.ts'
import { writeInParts } from './write-in-parts.ts'

/** Answers the request of a client testee in the way the case asks for. Leaves the socket paused after the request. */
export async function openAsServer(
  socket: Socket,
  head: HttpHead,
  rest: Uint8Array,
  { compression, opening }: Pick<Case, 'compression' | 'opening'>,
): Promise<Opened> {
  const problem = problemIn(head)
  if (problem !== undefined) return refuse(socket, head, problem)
  const key = valuesOf(head, 'sec-websocket-key')[0] ?? ''
  const accept = acceptKey(key)
  const agreed = compression && agreedWithClient(compression, valuesOf(head, 'sec-websocket-extensions'))
  if (typeof agreed === 'string') return refuse(socket, head, agreed)
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Server: autobahn-ts-testsuite',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...(agreed === undefined ? [] : [`Sec-WebSocket-Extensions: ${writeExtensions([agreed.words])}`]),
  ]
  const offer = valuesOf(head, 'sec-websocket-extensions').join(', ')
  const protocols = valuesOf(head, 'sec-websocket-protocol').join(', ')
  const response = opening?.response?.({ accept, key, offer, protocols, lines }) ?? utf8(`${lines.join('\r\n')}\r\n\r\n`)
  const isDeclined = (compression !== undefined && agreed === undefined) || !allows(offer, response, opening)
  await writeInParts(socket, isDeclined ? utf8(`${lines.join('\r\n')}\r\n\r\n`) : response, opening?.cut)
  const record = { request: head.text.slice(0, mostShown), response: latin1(response.subarray(0, mostShown)), ...tlsOf(socket) }
  const opened = { kind: 'opened' as const, socket, rest, record }
  if (isDeclined) return { ...opened, kind: 'declined' }
  const agreement = agreed?.agreement ?? (opening?.needs !== undefined ? agreementWithAnswer(extensionsIn(response)) : undefined)
  return agreement === undefined ? opened : { ...opened, compression: agreement }
}

/** Whether the testee has offered what the case needs. */
function allows(offer: string, response: Uint8Array, opening: Opening | undefined): boolean {
  if (opening?.needs === undefined) return true
  return hasValidOffer(offer) && (opening.needs === 'offer' || typeof answeredOffer(offer, extensionsIn(response)) !== 'string')
}

function extensionsIn(response: Uint8Array): string {
  return [...latin1(response).matchAll(/^sec-websocket-extensions:(.*?)\r?$/gim)].map(match => match[1]).join(',')
}

/** Answers with status 400 and ends the connection. */
function refuse(socket: Socket, head: HttpHead, reason: string): Opened {
  const response = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${utf8(reason).length}\r\nConnection: close\r\n\r\n${reason}`
  socket.end(utf8(response))
  return {
    kind: 'refused',
    reason,
    result: { end: 'malformed', problem: reason },
    record: { request: head.text.slice(0, mostShown), response },
  }
}

/** Checks a request as RFC 6455 §4.2.1 asks of servers, and returns what is wrong. */
function problemIn(head: HttpHead): string | undefined {
  if (!/^GET \S+ HTTP\/1\.1$/.test(head.startLine))
    return `the request should be GET with HTTP/1.1 (RFC 6455 §4.1): ${head.startLine.slice(0, 200)}`
  if (valuesOf(head, 'host').length !== 1) return 'the request should have one Host (RFC 6455 §4.1)'
  if (!tokensOf(head, 'upgrade').includes('websocket')) return 'no Upgrade: websocket in the request (RFC 6455 §4.1)'
  if (!tokensOf(head, 'connection').includes('upgrade')) return 'no Connection: Upgrade in the request (RFC 6455 §4.1)'
  const keys = valuesOf(head, 'sec-websocket-key')
  if (keys.length !== 1 || !/^[A-Za-z0-9+/]{22}==$/.test(keys[0] ?? '')) return 'no Sec-WebSocket-Key of 16 octets, once (RFC 6455 §4.1)'
  const [version = 'missing'] = valuesOf(head, 'sec-websocket-version')
  return version === '13' || version === '8'
    ? undefined
    : `Sec-WebSocket-Version should be 13, and is ${version.slice(0, 100)} (RFC 6455 §4.1)`
}

/** The largest part of a head that a report shows, in octets. */
const mostShown = 8192
