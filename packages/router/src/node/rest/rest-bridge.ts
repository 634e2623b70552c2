import type { IncomingMessage, ServerResponse } from 'node:http'
import { JsonSerializer, MessageType, payloadOf, type Result } from '@autobahn-ts/wamp/protocol'
import {
  ApiMisuse,
  anyValue,
  checkOptions,
  checkPage,
  type DeadlineClock,
  defaultsOf,
  HttpException,
  nodeRuntime,
  type OptionChecks,
  optionCheck,
  type ServerOptions,
  serverOptions,
} from '@autobahn-ts/websocket'
import { BodyRefused, readBody } from '../listening/read-body.ts'
import { RequestRefused } from './request-refused.ts'
import { type RestKey, SignedRequests } from './signed-requests.ts'

/** The session that requests act for: a `Client` of `@autobahn-ts/wamp` is one. */
export interface RestSession {
  callResult(
    procedure: string,
    args?: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
    options?: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<{ readonly args: readonly unknown[]; readonly kwargs: Readonly<Record<string, unknown>> }>
  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    kwargs: Readonly<Record<string, unknown>> | undefined,
    options: { readonly acknowledge: true },
  ): Promise<number>
}

/** Options of the bridge. */
export interface RestBridgeOptions
  extends Partial<Pick<ServerOptions, 'allowedOrigins' | 'allowNullOrigin' | 'allowedHosts' | 'trustedProxies'>> {
  /** The path of calls; `false` serves none. Default: `/call`. */
  readonly call?: string | false
  /** The path of publications; `false` serves none. Default: `/publish`. */
  readonly publish?: string | false
  /** Keys and secrets, by which requests have to be signed. `'unsigned'` takes requests from everybody who reaches the port. */
  readonly keys: Readonly<Record<string, string>> | 'unsigned'
  /** The number of seconds by which the time of a signed request may differ from ours. Default: 300. */
  readonly maxTimeDifference?: number
  /** The largest body in octets. Default: 1 MiB. */
  readonly maxBodySize?: number
  /** The number of seconds that a call may take. Default: 30. */
  readonly callTimeout?: number
  /** The clock of deadlines. Default: the time of the global timers. */
  readonly clock?: DeadlineClock
  /** Returns the time of day in milliseconds since 1970. Default: `Date.now`. */
  readonly today?: () => number
}

/** Takes HTTP requests. Returns false for a path that is not one of the bridge; then nothing has happened. */
export type RestBridge = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Lets programs without WAMP call and publish by HTTP: a POST with a body of JSON, as Crossbar's HTTP bridge has it.
 *
 * - `POST /call` with `{ "procedure": …, "args": […], "kwargs": {…} }` is answered with `{ "args": […], "kwargs": {…} }`, or where the procedure answers with an
 *   error with `{ "error": …, "args": […], "kwargs": {…} }`.
 * - `POST /publish` with `{ "topic": …, "args": […], "kwargs": {…} }` is answered with `{ "id": … }`.
 *
 * Values are those of WAMP: integers from -2^63 to 2^64 keep all their digits, and a text of U+0000 and base64 is binary data, in requests and in answers. A client
 * that leaves cancels its call.
 *
 * Requests are signed by a key: `?key=…&timestamp=…&seq=…&nonce=…&signature=…`, where the signature is HMAC-SHA256 of the texts of the four and the body
 * (see `signRequest`). Each signature is taken once.
 *
 * The function that it returns is for the option `request` of `listen`, or for any server of `node:http`. The session says what requests may do.
 */
export function restBridge(session: RestSession, options: RestBridgeOptions): RestBridge {
  if (typeof session?.callResult !== 'function') throw new ApiMisuse('restBridge needs a session, which has callResult and publish')
  checkOptions<RestBridgeOptions>(options ?? null, restChecks, 'restBridge')
  const { keys, call = '/call', publish = '/publish', maxTimeDifference = 300, today = Date.now } = options
  if (keys === undefined) throw new ApiMisuse("restBridge needs the option keys: secrets by key, or 'unsigned'")
  const signatures = keys === 'unsigned' ? undefined : new SignedRequests(checkedKeys(keys), maxTimeDifference, today)
  const bridge = new Bridge(session, options, signatures)
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]
    if (path === call) bridge.take(request, response, body => bridge.call(body, absenceOf(response)))
    else if (path === publish) bridge.take(request, response, body => bridge.publish(body))
    else return false
    return true
  }
}

type Answer = Readonly<Record<string, unknown>>

class Bridge {
  readonly #session: RestSession
  readonly #options: RestBridgeOptions
  readonly #signatures: SignedRequests | undefined

  constructor(session: RestSession, options: RestBridgeOptions, signatures: SignedRequests | undefined) {
    this.#session = session
    this.#options = options
    this.#signatures = signatures
  }

  /** Answers a request. Never throws. */
  take(request: IncomingMessage, response: ServerResponse, act: (body: Answer) => Promise<Answer>): void {
    this.#answered(request, response, act).catch((error: unknown) => {
      const { status, reason } = refusalOf(error)
      answer(response, status, { error: reason, args: [], kwargs: {} })
    })
  }

  /** `signal` cancels the call. */
  async call(body: Answer, signal: AbortSignal): Promise<Answer> {
    const { procedure } = body
    if (typeof procedure !== 'string') throw new RequestRefused(400, 'the body has no procedure, which must be a string')
    const { args, kwargs } = payloadIn(body)
    try {
      const result = await this.#session.callResult(procedure, args, kwargs, {
        timeout: (this.#options.callTimeout ?? 30) * 1000,
        signal,
      })
      return { args: result.args, kwargs: result.kwargs }
    } catch (error) {
      return wampError(error)
    }
  }

  async publish(body: Answer): Promise<Answer> {
    const { topic } = body
    if (typeof topic !== 'string') throw new RequestRefused(400, 'the body has no topic, which must be a string')
    const { args, kwargs } = payloadIn(body)
    try {
      return { id: await this.#session.publish(topic, args, kwargs, { acknowledge: true }) }
    } catch (error) {
      return wampError(error)
    }
  }

  async #answered(request: IncomingMessage, response: ServerResponse, act: (body: Answer) => Promise<Answer>): Promise<void> {
    const { clock: deadlines, maxBodySize = MiB } = this.#options
    checkPage(request, { ...rules, ...given(this.#options) })
    allowPage(request, response)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    if (request.method !== 'POST' && request.method !== 'PUT') {
      response.setHeader('Allow', 'POST, PUT, OPTIONS')
      throw new RequestRefused(405, 'the bridge takes POST')
    }
    const octets = await readBody(
      request,
      maxBodySize,
      deadlines === undefined ? nodeRuntime.clock : { ...nodeRuntime.clock, ...bound(deadlines) },
      10,
    )
    this.#signatures?.check(queryOf(request), octets)
    answer(response, 200, await act(bodyIn(octets)))
  }
}

/** Returns how to answer a request that failed. Faults of this side give no reason. */
function refusalOf(error: unknown): { readonly status: number; readonly reason: string } {
  if (error instanceof HttpException) return error
  if (error instanceof RequestRefused || error instanceof BodyRefused) return { status: error.status, reason: error.message }
  return { status: 500, reason: 'the request could not be answered' }
}

function bound(deadlines: DeadlineClock): DeadlineClock {
  return { now: () => deadlines.now(), schedule: (callback, delay) => deadlines.schedule(callback, delay) }
}

/** Returns the signal that a client leaves before it has its answer. */
function absenceOf(response: ServerResponse): AbortSignal {
  const absence = new AbortController()
  response.once('close', () => absence.abort())
  return absence.signal
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
}

/** Reads a body of JSON, which must be an object. Its values are read as those of a message, because `JSON.parse` would change long integers. */
function bodyIn(octets: Uint8Array): Answer {
  const [text, body] = parsedBody(octets)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RequestRefused(400, 'the body must be an object of JSON')
  try {
    const [, , , payload] = json.decode(`${beforeBody}${text}${afterBody}`) as Result
    return payload?.kwargs ?? {}
  } catch (error) {
    throw new RequestRefused(400, `the body has a value that WAMP does not have: ${(error as Error).message}`)
  }
}

function parsedBody(octets: Uint8Array): [text: string, body: unknown] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets)
    return [text, JSON.parse(text)]
  } catch {
    throw new RequestRefused(400, 'the body is not JSON in UTF-8')
  }
}

/** Writes an answer as the serializer of WAMP writes values: `JSON.stringify` has no form for long integers and binary data. */
function textOf(body: Answer): string {
  const message = json.encode([MessageType.RESULT, 1, {}, payloadOf([], body)])
  return message.slice(beforeBody.length, -afterBody.length)
}

/** The depth that a session has, and the level of the body itself. */
const json = new JsonSerializer({ maxDepth: 65 })
/** A body is the keyword arguments of a message. */
const beforeBody = `[${MessageType.RESULT},1,{},[],`
const afterBody = ']'

function payloadIn({ args = [], kwargs = {} }: Answer): {
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
} {
  if (!Array.isArray(args)) throw new RequestRefused(400, 'args must be a list')
  if (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs)) throw new RequestRefused(400, 'kwargs must be an object')
  return { args, kwargs: kwargs as Readonly<Record<string, unknown>> }
}

/** Tells of an error that the procedure or the router has answered with. Any other is a fault of this side, and is thrown. */
function wampError(error: unknown): Answer {
  if (error instanceof ApiMisuse) throw new RequestRefused(400, error.message)
  if (typeof error !== 'object' || error === null || !('uri' in error) || !('args' in error) || !('kwargs' in error)) throw error
  return { error: error.uri, args: error.args, kwargs: error.kwargs }
}

function answer(response: ServerResponse, status: number, body: Answer): void {
  if (response.destroyed || response.headersSent) return
  const text = textOf(body)
  const fields = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(text),
  }
  response.writeHead(status, status === 200 ? fields : { ...fields, Connection: 'close' }).end(text)
}

/** Allows a page, whose origin is allowed, to read the answer. */
function allowPage({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin')
  if (headers.origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', headers.origin)
  response.setHeader('Access-Control-Allow-Methods', 'POST, PUT')
  const asked = headers['access-control-request-headers']
  if (typeof asked === 'string') response.setHeader('Access-Control-Allow-Headers', asked)
}

function checkedKeys(keys: Readonly<Record<string, string>>): readonly RestKey[] {
  const entries = Object.entries(keys)
  for (const [key, secret] of entries)
    if (typeof secret !== 'string' || secret === '') throw new ApiMisuse(`option keys must have a secret for the key ${key}`)
  return entries.map(([key, secret]) => ({ key, secret }))
}

function given(options: RestBridgeOptions): Partial<ServerOptions> {
  const { allowedOrigins, allowNullOrigin, allowedHosts, trustedProxies } = options
  return Object.fromEntries(
    Object.entries({ allowedOrigins, allowNullOrigin, allowedHosts, trustedProxies }).filter(([, value]) => value !== undefined),
  )
}

const rules = defaultsOf(serverOptions)
const MiB = 1024 * 1024
const path = optionCheck(
  'a path as requests have it, from its slash on, or false',
  v => v === false || (typeof v === 'string' && v.startsWith('/')),
)
const above = optionCheck('a number above 0', value => typeof value === 'number' && value > 0)

const restChecks: OptionChecks<RestBridgeOptions> = {
  call: path,
  publish: path,
  keys: optionCheck(
    "an object of secrets by key, or 'unsigned'",
    v => v === 'unsigned' || (typeof v === 'object' && v !== null && !Array.isArray(v)),
  ),
  maxTimeDifference: above,
  maxBodySize: above,
  callTimeout: above,
  clock: anyValue,
  today: optionCheck('a function', value => typeof value === 'function'),
  allowedOrigins: serverOptions.allowedOrigins,
  allowNullOrigin: serverOptions.allowNullOrigin,
  allowedHosts: serverOptions.allowedHosts,
  trustedProxies: serverOptions.trustedProxies,
}
