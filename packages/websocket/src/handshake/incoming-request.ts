import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import type { Address, TransportDetails } from '../protocol/life/transport-details.ts'
import type { ConnectionRequest, RawRequests } from './connection-request.ts'
import { type Authority, formatAuthority, parseAuthority } from './http/authority.ts'
import { parseCookies } from './http/cookies.ts'
import type { OfferedExtension } from './http/extension-header.ts'
import type { HeaderFields } from './http/header-fields.ts'
import { HttpException } from './http/http-exception.ts'
import { quoted } from './http/quoted.ts'

/** The parts that a server passes on with a request which its own HTTP server has read. */
export interface UpgradeContext {
  /** The request as the HTTP server has it; `raw` of the request. */
  readonly raw?: RawRequests[keyof RawRequests] | undefined
  /** A value for the application: `data` of the request, and of the protocol until `onConnect` returns another. */
  readonly data?: unknown
}

/** The parts of a request that were read before anybody asked for them. */
export type RequestParts = Omit<ConnectionRequest, 'url' | 'query' | 'cookies' | 'signal' | 'data' | 'raw'>

/** The parts of a request that only some requests have, or that an application has asked for. */
interface RareParts {
  /** The host and port of a target in absolute form. */
  authority?: Authority | undefined
  /** Whether clients use TLS, where the transport does not tell. */
  isSecure?: boolean | undefined
  connection?: WebSocketConnection | undefined
  context?: UpgradeContext
  wasRawRead?: boolean
  /** Whether there was a `raw` that the open connection does not keep. */
  hasLetRawGo?: boolean
  url?: URL
  query?: URLSearchParams
  cookies?: ReadonlyMap<string, string>
  signal?: AbortSignal
}

/**
 * A client's request. What few applications ask for is made when it is asked for, and the request has one field for all of that, since
 * connections behind `attachWS` keep their requests.
 */
export class IncomingRequest implements ConnectionRequest {
  readonly peer: Address
  readonly transport: TransportDetails
  readonly headers: HeaderFields
  readonly host: string
  readonly resource: string
  readonly path: string
  readonly params: ReadonlyMap<string, readonly string[]>
  readonly version: number
  readonly origin: string | undefined
  readonly protocols: readonly string[]
  readonly extensions: readonly OfferedExtension[]
  #rare: RareParts | undefined

  /** `authority` is that of a target in absolute form. */
  constructor(parts: RequestParts, authority?: Authority) {
    this.peer = parts.peer
    this.transport = parts.transport
    this.headers = parts.headers
    this.host = parts.host
    this.resource = parts.resource
    this.path = parts.path
    this.params = parts.params
    this.version = parts.version
    this.origin = parts.origin
    this.protocols = parts.protocols
    this.extensions = parts.extensions
    if (authority !== undefined) this.#rare = { authority }
  }

  get url(): URL {
    const rare = this.#ownRare()
    rare.url ??= this.#makeUrl(rare)
    return rare.url
  }

  get query(): URLSearchParams {
    const rare = this.#ownRare()
    rare.query ??= new URLSearchParams(this.resource.slice(this.path.length))
    return rare.query
  }

  get cookies(): ReadonlyMap<string, string> {
    const rare = this.#ownRare()
    rare.cookies ??= parseCookies(this.headers.all('cookie'))
    return rare.cookies
  }

  get signal(): AbortSignal {
    const rare = this.#ownRare()
    rare.signal ??= signalOf(rare.connection)
    return rare.signal
  }

  get data(): unknown {
    return this.#rare?.context?.data
  }

  get raw(): UpgradeContext['raw'] {
    if (this.#rare?.hasLetRawGo) throw new ApiMisuse(letGoOfRaw)
    if (this.#rare?.context?.raw === undefined) return undefined
    this.#rare.wasRawRead = true
    return this.#rare.context.raw
  }

  /** Adds what the server knows about the request. Only the first call counts. */
  join(connection: WebSocketConnection | undefined, isSecure: boolean | undefined, context?: UpgradeContext): this {
    if (this.#rare?.connection !== undefined) return this
    const rare = this.#ownRare()
    rare.connection = connection
    rare.isSecure = isSecure
    if (context !== undefined) rare.context = context
    return this
  }

  /**
   * Returns the request that an open connection keeps: this one, or an equal one without `raw` if the application has not read that. Node's
   * request takes 1.2 KiB of memory.
   */
  settled(): IncomingRequest {
    const rare = this.#rare
    if (rare?.context?.raw === undefined || rare.wasRawRead) return this
    const { authority, context } = rare
    const kept = new IncomingRequest(this)
    const isUsual = authority === undefined && context.data === undefined
    kept.#rare = isUsual ? onlyLetGo : { authority, context: { data: context.data }, hasLetRawGo: true }
    return kept
  }

  #makeUrl({ isSecure = this.transport.isSecure, authority }: RareParts): URL {
    const { host, port } = authority ?? parseAuthority(this.headers.get('host') ?? '') ?? { host: this.host, port: undefined }
    const text = `${isSecure ? 'wss' : 'ws'}://${formatAuthority({ host, port })}${this.resource}`
    try {
      return new URL(text)
    } catch {
      throw new HttpException(400, `host ${quoted(host)} cannot stand in a URL`)
    }
  }

  #ownRare(): RareParts {
    if (this.#rare === undefined || this.#rare === onlyLetGo) this.#rare = { ...this.#rare }
    return this.#rare
  }
}

/** Makes a signal that aborts when the connection is gone; the signal of a request without a connection never aborts. */
function signalOf(connection: WebSocketConnection | undefined): AbortSignal {
  const controller = new AbortController()
  void connection?.whenClosed.then(async info => controller.abort(await reasonOf(info, connection)))
  return controller.signal
}

/** Returns the error of a connection that is gone. It is already known whether that was open. */
function reasonOf({ code, reason, cause }: CloseInfo, connection: WebSocketConnection): Promise<unknown> {
  return connection.whenOpened.then(
    () => new ConnectionClosed(code, `connection closed with ${code}: ${reason}`, { cause }),
    (error: unknown) => error,
  )
}

/** The rare parts of most requests of open connections behind an HTTP server; shared, and never changed. */
const onlyLetGo: RareParts = { hasLetRawGo: true }

const letGoOfRaw =
  'the connection has let go of the raw request: read it before onOpen returns, or return what you need of it from onConnect as data'
