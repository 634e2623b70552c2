import type { ReceivedHeaders } from '../../protocol/faults/errors.ts'

/** A proxy did not lead to the server: it refused, or broke its protocol. The message says what it did. */
export class ProxyRefused extends Error {
  override readonly name = 'ProxyRefused'
  readonly code: 'ERR_PROXY_REFUSED' = 'ERR_PROXY_REFUSED'
  /** The status of an HTTP proxy's answer, if it gave one. */
  readonly status: number | undefined
  /** The headers of an HTTP proxy's answer, such as `Proxy-Authenticate`. */
  readonly headers: ReceivedHeaders | undefined

  constructor(message: string, status?: number, headers?: ReceivedHeaders) {
    super(message)
    this.status = status
    this.headers = headers
  }
}
