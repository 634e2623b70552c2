import { isIPv4, isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Octets } from '../../bytes/octets.ts'
import { counted } from '../../protocol/faults/counted.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import type { Target } from './proxy-from-env.ts'
import { ProxyRefused } from './proxy-refused.ts'
import type { Credentials } from './proxy-server.ts'
import { readUntil } from './reading.ts'

/**
 * Asks a SOCKS5 proxy for a connection to a server, RFC 1928, with a user name and a password, RFC 1929, where there are any. Afterwards
 * the socket leads to the server. The proxy resolves the server's name.
 *
 * Rejects with `ProxyRefused` where the proxy refuses, and for an answer that breaks the protocol or is followed by octets that nobody has
 * asked for. At most 262 octets of an answer are kept.
 */
export async function socks5Connect(socket: Duplex, target: Target, credentials: Credentials | undefined): Promise<void> {
  const authentication = credentials === undefined ? undefined : credentialsMessage(credentials)
  const methods = authentication === undefined ? [Method.None] : [Method.None, Method.Password]
  const [, method] = await ask(socket, [version, methods.length, ...methods], () => 2, version)
  if (method === Method.Password && authentication !== undefined) {
    const [, status] = await ask(socket, authentication, () => 2, passwordVersion)
    if (status !== 0) throw new ProxyRefused('it refused the user name and the password')
  } else if (method !== Method.None)
    throw new ProxyRefused(method === Method.Refused ? noMethod(credentials) : `it chose the method ${method}, which was not offered`)
  const [, reply] = await ask(socket, [version, connectCommand, 0, ...addressOf(target)], lengthOfReply, version)
  if (reply !== 0) throw new ProxyRefused(`it answered ${reply}: ${replies[reply!] ?? 'an unknown reply'}`)
}

/** Sends a request, and reads its answer. `lengthOf` returns the octets that the answer needs, as far as can be told from its beginning. */
async function ask(socket: Duplex, request: readonly number[], lengthOf: (answer: Octets) => number, firstOctet: number): Promise<Octets> {
  socket.write(Uint8Array.from(request))
  let answer: Octets = new Uint8Array(0)
  return readUntil(socket, octets => {
    const received = answer.length + octets.length
    answer = joined(answer, octets.subarray(0, longest))
    if (answer[0] !== firstOctet)
      throw new ProxyRefused(`it answered with ${answer[0]} in place of version ${firstOctet}: it may not be a SOCKS5 proxy`)
    const needed = lengthOf(answer)
    if (answer.length < needed) return undefined
    if (received > needed) throw new ProxyRefused(`it sent ${counted(received - needed, 'octet')} of its own behind its answer`)
    return answer
  })
}

/** Returns the length of a reply, RFC 1928 §6. A refusal is complete without an address, which some proxies leave out. */
function lengthOfReply(answer: Octets): number {
  if (answer.length >= 2 && answer[1] !== 0) return answer.length
  if (answer.length < 5) return 5
  const length = { [AddressType.V4]: 10, [AddressType.Name]: 7 + answer[4]!, [AddressType.V6]: 22 }[answer[3]!]
  if (length === undefined) throw new ProxyRefused(`it answered with an address of the unknown type ${answer[3]}`)
  return length
}

function credentialsMessage({ username, password }: Credentials): number[] {
  const parts = [username, password].map(part => [...new TextEncoder().encode(part)])
  if (parts.some(part => part.length > 255))
    throw new ApiMisuse('the user name and the password of a SOCKS5 proxy have at most 255 octets each')
  return [passwordVersion, ...parts.flatMap(part => [part.length, ...part])]
}

/** The address of the server, RFC 1928 §5. */
function addressOf({ host, port }: Target): number[] {
  const portOctets = [port >> 8, port & 0xff]
  if (isIPv4(host)) return [AddressType.V4, ...host.split('.').map(Number), ...portOctets]
  if (isIPv6(host)) return [AddressType.V6, ...groupsOf(host).flatMap(group => [group >> 8, group & 0xff]), ...portOctets]
  const name = [...new TextEncoder().encode(host)]
  if (name.length > 255) throw new ApiMisuse('a SOCKS5 proxy takes host names of at most 255 octets')
  return [AddressType.Name, name.length, ...name, ...portOctets]
}

/** The eight groups of an IPv6 address, RFC 4291 §2.2. */
function groupsOf(address: string): number[] {
  // an IPv4 address at the end stands for the last two groups
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [before = '', after] = text.split('::')
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16)))
  const first = groups(before)
  const last = groups(after ?? '')
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function noMethod(credentials: Credentials | undefined): string {
  return credentials === undefined ? 'it wants a user name and a password, or something else' : 'it takes no user name and password'
}

function joined(one: Octets, other: Octets): Octets {
  const all = new Uint8Array(one.length + other.length)
  all.set(one)
  all.set(other, one.length)
  return all
}

const version = 5
const passwordVersion = 1
const connectCommand = 1
const Method = { None: 0, Password: 2, Refused: 0xff } as const
const AddressType = { V4: 1, Name: 3, V6: 4 } as const

/** The longest answer: a reply with a name of 255 octets. */
const longest = 262

/** The replies of RFC 1928 §6. */
const replies: readonly string[] = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'the network is unreachable',
  'the host is unreachable',
  'the server refused the connection',
  'the time to live has expired',
  'the command is not supported',
  'the type of address is not supported',
]
