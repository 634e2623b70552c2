/**
 * Finds the option that does what an option of `ws` or Socket.IO does; `undefined` where the name is not known, or `names` does not have that
 * option. Where the value is written in another way, the answer shows it: `extensions: [permessageDeflate()]`.
 */
export function nameElsewhere(name: string, names: readonly string[]): string | undefined {
  const meant = elsewhere.get(name)
  return meant !== undefined && names.includes(/^\w+/.exec(meant)![0]) ? meant : undefined
}

const elsewhere: ReadonlyMap<string, string> = new Map([
  ['maxPayload', 'maxMessagePayloadSize'],
  ['maxHttpBufferSize', 'maxMessagePayloadSize'],
  ['perMessageDeflate', 'extensions: [permessageDeflate()]'],
  ['verifyClient', 'onConnect'],
  ['cors', 'allowedOrigins'],
  ['origin', 'allowedOrigins'],
  ['agent', 'proxy'],
  ['handshakeTimeout', 'openHandshakeTimeout'],
  ['pingInterval', 'autoPingInterval'],
  ['pingTimeout', 'autoPingTimeout'],
  ['rejectUnauthorized', 'tls: { rejectUnauthorized }'],
  ['ca', 'tls: { ca }'],
  ['cert', 'tls: { cert, key }'],
  ['key', 'tls: { cert, key }'],
  ['reconnectionDelay', 'initialDelay'],
  ['reconnectionDelayMax', 'maxDelay'],
  ['reconnectionAttempts', 'maxRetries'],
])
