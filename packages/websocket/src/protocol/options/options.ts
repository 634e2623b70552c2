import { upToAnHour } from '../checks/option-values.ts'
import type { Extension } from '../extending/extension.ts'
import { longestControlPayload } from '../frames/control-frame.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import { parseAddressRange } from './address-range.ts'
import { type OptionTable, optionRule } from './option-table.ts'

/** The options of both roles. Times are in seconds and sizes in octets; 0 means no limit, or never, if the text says so. */
export interface CommonOptions {
  readonly extensions: readonly Extension[]
  readonly utf8validateIncoming: boolean
  readonly applyMask: boolean
  readonly maxFramePayloadSize: number
  readonly maxMessagePayloadSize: number
  readonly maxMessageFrames: number
  readonly autoFragmentSize: number
  readonly ownPayloadMemory: boolean
  readonly failByDrop: boolean
  readonly echoCloseCodeReason: boolean
  readonly openHandshakeTimeout: number
  readonly closeHandshakeTimeout: number
  readonly failLingerTimeout: number
  readonly maxHandshakeSize: number
  readonly maxHandshakeHeaders: number
  readonly tcpNoDelay: boolean
  readonly autoPingInterval: number
  readonly autoPingTimeout: number
  readonly autoPingSize: number
  readonly autoPingRestartOnAnyTraffic: boolean
  readonly sendHighWaterMark: number
  readonly maxUnsentSize: number
  readonly unsentPolicy: UnsentPolicy
  readonly trackTimings: boolean
  readonly wireTap: WireTap | undefined
}

export interface ServerOptions extends CommonOptions {
  readonly versions: readonly number[]
  readonly webStatus: boolean
  readonly requireMaskedClientFrames: boolean
  readonly maskServerFrames: boolean
  readonly allowedOrigins: AllowedOrigins
  readonly allowNullOrigin: boolean
  readonly allowedHosts: AllowedHosts
  readonly maxConnections: number
  readonly trustXForwardedFor: number
  readonly trustedProxies: TrustedProxies
  readonly perMessageCompressionAccept: CompressionAcceptor | undefined
}

export interface ClientOptions extends CommonOptions {
  readonly version: number
  readonly acceptMaskedServerFrames: boolean
  readonly maskClientFrames: boolean
  readonly serverConnectionDropTimeout: number
  // biome-ignore lint/suspicious/noExplicitAny: the types of offers are declared where the option is used
  readonly perMessageCompressionOffers: readonly any[]
  readonly perMessageCompressionAccept: CompressionAcceptor | undefined
}

/** Chooses among what the peer offers or answers; what that is depends on the role, and is told where the option is given. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type CompressionAcceptor = (offered: any) => any

export type ProtocolOptions = ServerOptions & ClientOptions

/**
 * The policies: `drop` drops the connection; `skip` does not send the message, and counts it; `throw` makes the send method throw
 * `UnsentLimitExceeded` (decision 10).
 */
export type UnsentPolicy = 'drop' | 'skip' | 'throw'

/**
 * The allowed origins: `'*'` for any; else a list of `'same-origin'`, origins (`https://example.com`), patterns with `*`, or regular
 * expressions (decision 14).
 */
export type AllowedOrigins = '*' | readonly (string | RegExp)[]

/**
 * The allowed hosts: `'*'` for any; else a list of host names without port, IP addresses, and `*.example.com` for all names below one
 * (decision 34).
 */
export type AllowedHosts = '*' | readonly string[]

/** The addresses and ranges (`10.0.0.0/8`) of proxies whose forwarding headers are trusted, or a function that decides (decision 12). */
export type TrustedProxies = readonly string[] | ((address: string) => boolean)

const MiB = 1024 * 1024

const commonOptions: OptionTable<CommonOptions> = {
  extensions: optionRule(
    [],
    'Extensions to negotiate, best first.',
    'Extensions are negotiated on request only.',
    'a list of extensions, each with a name that is a token',
    isExtensionList,
  ),
  utf8validateIncoming: optionRule(
    true,
    'Validates incoming text as it arrives and fails at the first bad octet.',
    'RFC 6455 §8.1 demands it.',
    ...boolean(),
  ),
  applyMask: optionRule(
    true,
    'Applies the mask to the payload. Off: mask bit and key are sent and expected, but the payload is not masked, in both directions.',
    'RFC 6455 §5.3. Off is for tests on links that are trusted at both ends.',
    ...boolean(),
  ),
  maxFramePayloadSize: optionRule(
    16 * MiB,
    'Largest payload of one incoming frame; 0 means no limit.',
    'The limit of messages, because a message may come as one frame.',
    ...octets(),
  ),
  maxMessagePayloadSize: optionRule(
    16 * MiB,
    'Largest incoming message, on the wire and after extensions; 0 means no limit, for streams of unlimited length.',
    'The largest message of the conformance suite; bounds memory per connection.',
    ...octets(),
  ),
  maxMessageFrames: optionRule(
    131_072,
    'Frames of one incoming message; 0 means no limit.',
    'Twice the 65,537 that the conformance suite sends; fragments are gathered in one buffer, so they cost time but no memory.',
    ...count(),
  ),
  autoFragmentSize: optionRule(
    0,
    'Cuts outgoing messages that are sent whole into frames of this size, prepared ones and broadcasts too; 0 sends them in one. Frames that an application sends itself, and the pieces of a streamed message, are not cut.',
    'A message in one frame is cheapest for both sides.',
    ...octets(),
  ),
  ownPayloadMemory: optionRule(
    false,
    'Gives each received payload an `ArrayBuffer` of its own. Off: payloads of 65 to 2,048 octets of one connection may share one. In function style each has its own in any case.',
    'Sharing saves a third of the CPU time of small messages. It shows only where a payload is transferred while others that arrived with it are kept.',
    ...boolean(),
  ),
  failByDrop: optionRule(
    false,
    'Drops TCP on a failure without sending a close frame first.',
    'Dropping at once usually loses the close code: unread input makes the kernel reset the connection.',
    ...boolean(),
  ),
  echoCloseCodeReason: optionRule(
    false,
    'Echoes the reason of a close frame too; its code is always echoed.',
    'RFC 6455 §5.5.1 asks for the code only.',
    ...boolean(),
  ),
  openHandshakeTimeout: optionRule(
    5,
    'Seconds for the whole opening handshake, `onConnect` included; 0 waits for ever. On a server, TLS has the same time before it.',
    'Enough for a distant peer and a database; an absolute deadline, however slowly octets come.',
    ...seconds(),
  ),
  closeHandshakeTimeout: optionRule(
    5,
    'Seconds to wait for the answer to our close frame once it has left, and for a peer that does not read what was sent before it; 0 waits for ever.',
    'The answer waits behind the messages that the peer is still sending. A peer that reads 1 KiB per second has all the time it needs.',
    ...seconds(),
  ),
  failLingerTimeout: optionRule(
    1,
    'Seconds to read and discard after we failed the connection and the close frame has left, so that it arrives.',
    'Long enough for one round trip; a peer that misbehaved gets no more.',
    ...seconds(),
  ),
  maxHandshakeSize: optionRule(
    16 * 1024,
    "Octets of the peer's opening handshake.",
    'Twice the limit of common HTTP servers for cookies and tokens.',
    ...positive(),
  ),
  maxHandshakeHeaders: optionRule(100, "Header lines in the peer's opening handshake.", 'Browsers send about twenty.', ...positive()),
  tcpNoDelay: optionRule(
    true,
    "Switches Nagle's algorithm off.",
    'The library already joins messages; waiting for acknowledgements only adds latency.',
    ...boolean(),
  ),
  autoPingInterval: optionRule(
    20,
    'Seconds of silence after which a ping is sent; 0 never pings.',
    'Below the 30 to 60 s after which proxies and NATs drop a connection.',
    ...seconds(),
  ),
  autoPingTimeout: optionRule(
    20,
    'Seconds to wait for the pong before the connection is dropped; 0 waits for ever. The time starts anew while the peer reads 1 KiB per second of what was sent before the ping.',
    'With the interval, a dead peer that has nothing left to read is dropped within 45 s.',
    ...seconds(),
  ),
  autoPingSize: optionRule(
    12,
    'Octets of random payload in an automatic ping, 4 to 125.',
    'Too long to guess, too short to notice.',
    'a whole number from 4 to 125',
    v => isCount(v) && v >= 4 && v <= longestControlPayload,
  ),
  autoPingRestartOnAnyTraffic: optionRule(
    true,
    'Anything received counts as a sign of life, so that pings are sent only during silence.',
    'A busy connection needs no pings.',
    ...boolean(),
  ),
  sendHighWaterMark: optionRule(
    64 * 1024,
    'Unsent octets above which send methods return `false`; `onDrain` follows.',
    'About as much as one socket accepts at once: enough to keep it busy.',
    ...octets(),
  ),
  maxUnsentSize: optionRule(
    16 * MiB,
    'Unsent octets above which `unsentPolicy` applies to everything to be sent, pings and frames included; 0 means no limit.',
    'One message of the largest size; a slow reader costs at most this and one more message.',
    ...octets(),
  ),
  unsentPolicy: optionRule(
    'drop',
    'What to do when `maxUnsentSize` is exceeded: `drop` the connection, `skip` the message, ping or frame, or `throw`. Under `skip`, a message that was begun frame by frame is sent up to twice the limit, above which the connection is dropped.',
    'Memory is worth more than a peer that does not read.',
    "'drop', 'skip' or 'throw'",
    v => v === 'drop' || v === 'skip' || v === 'throw',
  ),
  trackTimings: optionRule(false, 'Records the times of events, in `timings`.', 'Times are measured on request only.', ...boolean()),
  wireTap: optionRule(
    undefined,
    'Hooks that see all octets and frames, for logs and inspection.',
    'Hooks are called on request only.',
    'an object of hooks',
    v => v === undefined || (typeof v === 'object' && v !== null),
  ),
}

export const serverOptions: OptionTable<ServerOptions> = {
  ...commonOptions,
  versions: optionRule(
    [13],
    'The accepted protocol versions, of 13 and 8.',
    '13 is RFC 6455; 8 is a draft of 2011 that old clients use.',
    'a list of 13 and 8',
    v => Array.isArray(v) && v.length > 0 && v.every(isVersion),
  ),
  webStatus: optionRule(
    false,
    'Answers a plain GET with a page that explains the server, instead of 426.',
    'A service reveals nothing about itself by default.',
    ...boolean(),
  ),
  requireMaskedClientFrames: optionRule(true, "Fails the connection when a client's frame is not masked.", 'RFC 6455 §5.1.', ...boolean()),
  maskServerFrames: optionRule(false, 'Masks the frames that the server sends.', 'RFC 6455 §5.1 forbids it; for tests.', ...boolean()),
  allowedOrigins: optionRule(
    ['same-origin'],
    "Pages that may connect: `'*'`, or a list of `'same-origin'`, origins, patterns with `*`, regular expressions. A request without `Origin` does not come from a browser and is allowed.",
    "Otherwise any page could connect with a user's cookies (RFC 6455 §10.2).",
    "'*', or a list of 'same-origin', origins such as https://example.com:8443 (no path, no final slash), patterns and regular expressions",
    v => v === '*' || (Array.isArray(v) && v.every(isOriginRule)),
  ),
  allowNullOrigin: optionRule(
    false,
    "Allows the origin `null`: sandboxed frames, files, redirects. `'*'` in `allowedOrigins` allows it too.",
    'Any page can make such a frame.',
    ...boolean(),
  ),
  allowedHosts: optionRule(
    [],
    "Hosts beside `localhost` and loopback addresses under which pages may reach a server on loopback; `'*'` allows any. It applies to requests with `Origin` that arrive at a loopback address and not through a trusted proxy.",
    'An attacker can let a name resolve to 127.0.0.1 (DNS rebinding); a page of that name has the same origin as the server.',
    "'*', or a list of hosts such as app.example or *.example.com (no port, no scheme)",
    v => v === '*' || (Array.isArray(v) && v.every(isHostPattern)),
  ),
  maxConnections: optionRule(
    50_000,
    'Connections at once, those still in the handshake included; more are answered 503. 0 means no limit.',
    'The memory of connections must be bounded; that of one: [memory.md](memory.md).',
    ...count(),
  ),
  trustXForwardedFor: optionRule(
    0,
    'The number of trusted proxies in front of this server: as many entries of `Forwarded` or `X-Forwarded-For` are trusted, counted from the right.',
    'The headers are easily forged; only your own proxy overwrites them.',
    ...count(),
  ),
  trustedProxies: optionRule(
    [],
    'Addresses of trusted proxies or ranges of them (`10.0.0.0/8`), or a function that knows them; their entries in `Forwarded` or `X-Forwarded-For` are trusted.',
    'The headers are easily forged. This is the better choice if the addresses are known.',
    'a list of IP addresses and ranges such as 10.0.0.0/8 (and paths of Unix sockets), or a function',
    v => typeof v === 'function' || (Array.isArray(v) && v.every(isProxy)),
  ),
  perMessageCompressionAccept: optionRule(
    undefined,
    'Chooses one of the offers for permessage-deflate and its parameters; `permessageDeflate()` in `extensions` is the shorter way.',
    'Compression costs memory and time, and can leak secrets.',
    ...acceptor(),
  ),
}

export const clientOptions: OptionTable<ClientOptions> = {
  ...commonOptions,
  version: optionRule(13, 'Protocol version to ask for: 13 or 8.', 'RFC 6455.', '13 or 8', isVersion),
  acceptMaskedServerFrames: optionRule(
    false,
    'Accepts masked frames from the server.',
    'By RFC 6455 §5.1 they fail the connection.',
    ...boolean(),
  ),
  maskClientFrames: optionRule(
    true,
    'Masks the frames that the client sends.',
    'RFC 6455 §5.1 demands it; off is for tests.',
    ...boolean(),
  ),
  serverConnectionDropTimeout: optionRule(
    1,
    'Seconds to wait for the server to drop TCP after the closing handshake; 0 waits for ever.',
    'By RFC 6455 §7.1.1 the server closes first; a client need not wait long for it.',
    ...seconds(),
  ),
  perMessageCompressionOffers: optionRule(
    [],
    'Offers for permessage-deflate, best first; `permessageDeflate()` in `extensions` is the shorter way.',
    'As for `extensions`.',
    'a list of offers',
    v => Array.isArray(v) && v.every(offer => offer?.parameters instanceof Map),
  ),
  perMessageCompressionAccept: optionRule(
    undefined,
    'Accepts the answer of the server to an offer; without this option the client accepts everything that it offered.',
    'A client offers only what it can accept.',
    ...acceptor(),
  ),
}

type Kind = [wanted: string, holds: (value: unknown) => boolean]

function boolean(): Kind {
  return ['true or false', v => typeof v === 'boolean']
}

function octets(): Kind {
  return ['a whole number of octets', isCount]
}

function count(): Kind {
  return ['a whole number', isCount]
}

function positive(): Kind {
  return ['a whole number above 0', v => isCount(v) && v > 0]
}

function seconds(): Kind {
  return [upToAnHour.wanted, upToAnHour.holds]
}

function acceptor(): Kind {
  return ['a function', v => v === undefined || typeof v === 'function']
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Whether a value can match an origin. Excludes values that never could: a host without its scheme, an origin with a path. */
function isOriginRule(value: unknown): boolean {
  return (
    value instanceof RegExp ||
    value === '*' ||
    value === 'same-origin' ||
    (typeof value === 'string' && /^[a-z*][a-z\d+.*-]*:\/\/[^/\s]+$/i.test(value))
  )
}

/** Whether a value is the address of a proxy. The address of a Unix socket is its path, or empty if that is unknown. */
function isProxy(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.startsWith('/') || parseAddressRange(value) !== undefined)
}

/** Whether a value can match a host. Excludes values that never could: a host with its scheme, port or path. */
function isHostPattern(value: unknown): boolean {
  return typeof value === 'string' && (value === '*' || /^(\*\.)?[a-z\d._-]+$/i.test(value) || /^\[?[a-f\d.]*:[a-f\d.:]*\]?$/i.test(value))
}

function isVersion(value: unknown): boolean {
  return value === 13 || value === 8
}

/** Whether a value is a token, RFC 9110 §5.6.2. */
function isExtensionName(name: unknown): boolean {
  return typeof name === 'string' && /^[!#$%&'*+.^_`|~a-z\d-]+$/i.test(name)
}

function isExtensionList(value: unknown): boolean {
  return Array.isArray(value) && value.every(e => typeof e === 'object' && e !== null && isExtensionName(e.name))
}
