import { ApiMisuse, WebSocketServerFactory } from '@autobahn-ts/websocket'
import { InvalidArgumentError } from 'commander'
import { added } from './repeated-flag.ts'

/** Collects origins of web pages. Throws `InvalidArgumentError` for what the library does not take as one. */
export function addedOrigin(value: string, before: readonly string[] = []): string[] {
  const origins = added(value, before)
  try {
    new WebSocketServerFactory(undefined, { allowedOrigins: [value] })
  } catch (error) {
    if (!(error instanceof ApiMisuse)) throw error
    throw new InvalidArgumentError('It must be an origin such as https://example.com:8443, without a path, or "*".')
  }
  return origins
}
