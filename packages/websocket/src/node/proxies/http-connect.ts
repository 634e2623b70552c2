import type { Duplex } from 'node:stream'
import type { Octets } from '../../bytes/octets.ts'
import { formatAuthority } from '../../handshake/http/authority.ts'
import { basicCredentials } from '../../handshake/http/basic-credentials.ts'
import { addedHeaders, formatHead } from '../../handshake/http/head-writer.ts'
import { quoted } from '../../handshake/http/quoted.ts'
import { type ReceivedResponse, ResponseReader } from '../../handshake/http/response-reader.ts'
import { counted } from '../../protocol/faults/counted.ts'
import { HandshakeFailed } from '../../protocol/faults/errors.ts'
import type { Target } from './proxy-from-env.ts'
import { ProxyRefused } from './proxy-refused.ts'
import type { Credentials, ProxyServer } from './proxy-server.ts'
import { readUntil } from './reading.ts'

/**
 * Asks an HTTP proxy for a tunnel to a server, RFC 9110 §9.3.6. Afterwards the socket leads to the server.
 *
 * The answer has at most 16 KiB and 100 lines, with at most three interim responses in front of it. Rejects with `ProxyRefused` for any status but 2xx; a redirect is
 * not followed, because it could lead the request, with its credentials, to anyone. Rejects also for octets behind the head of the
 * answer: the server speaks only when it is spoken to, so the proxy has made them up.
 */
export async function httpConnect(
  socket: Duplex,
  target: Target,
  { credentials, headers }: Pick<ProxyServer, 'credentials' | 'headers'>,
): Promise<void> {
  const authority = formatAuthority(target)
  socket.write(
    formatHead(`CONNECT ${authority} HTTP/1.1`, [
      ['Host', authority],
      ['Proxy-Authorization', basic(credentials)],
      ...addedHeaders(headers, credentials === undefined ? ownHeaders : ownWithCredentials),
    ]),
  )
  const reader = new ResponseReader(mostOctets, mostLines)
  checkAnswer(await readUntil(socket, octets => answerIn(reader, octets)))
}

/** Reads the answer. The reader is that of a server's answers, and its errors become those of a proxy. */
function answerIn(reader: ResponseReader, octets: Octets): ReceivedResponse | undefined {
  try {
    return reader.push(octets)
  } catch (error) {
    if (error instanceof HandshakeFailed) throw new ProxyRefused(`its answer cannot be read: ${error.message}`)
    throw error
  }
}

function basic(credentials: Credentials | undefined): string | undefined {
  return credentials === undefined ? undefined : basicCredentials(credentials, 'the option proxy')
}

function checkAnswer({ head, rest }: ReceivedResponse): void {
  const { status, reason, headers } = head
  if (status < 200 || status > 299) {
    const location = status >= 300 && status < 400 ? headers.get('Location') : undefined
    const redirect = location === undefined ? '' : `, and its redirect to ${quoted(location)} is not followed`
    throw new ProxyRefused(`it answered ${status}${reason === '' ? '' : ` ${quoted(reason)}`}${redirect}`, status, headers)
  }
  if (rest.length > 0) throw new ProxyRefused(`it sent ${counted(rest.length, 'octet')} of its own behind its answer ${status}`)
}

const ownHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding'])
const ownWithCredentials: ReadonlySet<string> = new Set([...ownHeaders, 'proxy-authorization'])
const mostOctets = 16 * 1024
const mostLines = 100
