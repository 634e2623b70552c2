import { isToken } from '@autobahn-ts/websocket/internals'

/** Reads the header `Sec-WebSocket-Protocol` of a request. Throws a `SyntaxError` where it is not a list of different tokens. */
export function offeredSubprotocols(header: string): Set<string> {
  const names = header.split(',').map(name => name.replace(/^[ \t]+|[ \t]+$/g, ''))
  if (!areSubprotocols(names)) throw new SyntaxError('the subprotocols must be a list of different tokens')
  return new Set(names)
}

/** Tells whether the values are tokens that differ from each other (RFC 6455 §4.1). */
export function areSubprotocols(names: readonly unknown[]): names is readonly string[] {
  return new Set(names).size === names.length && names.every(name => typeof name === 'string' && isToken(name))
}
