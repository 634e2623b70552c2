import { readFileSync } from 'node:fs'
import type { TlsOptions } from 'node:tls'
import { ApiMisuse } from '@autobahn-ts/websocket'
import type { ListenerConfig } from '../config/router-config.ts'
import type { ListenOptions } from '../node/listening/listen-options.ts'

/** Makes the options of a listener out of its config, and reads the files that it names. Throws `ApiMisuse` for one that cannot be read. */
export function listenOptionsOf(config: ListenerConfig): ListenOptions {
  const { host, port, unix, tls, rawSocket, longPoll, path, allowedOrigins } = config
  const place = unix === undefined ? { port, ...(host !== undefined && { host }) } : { socketPath: unix }
  return {
    ...place,
    ...(tls && { tls: tlsOptionsOf(tls) }),
    ...(rawSocket !== undefined && { rawSocket }),
    ...(longPoll === false && { longPoll: false }),
    ...(path !== undefined && { path }),
    ...(allowedOrigins && { websocket: { allowedOrigins: ['same-origin', ...allowedOrigins] } }),
  } as ListenOptions
}

function tlsOptionsOf({ cert, key, ca }: NonNullable<ListenerConfig['tls']>): TlsOptions {
  const own = { cert: pemOf(cert), key: pemOf(key) }
  // clients without a certificate may connect too, and join by other methods
  return ca === undefined ? own : { ...own, ca: pemOf(ca), requestCert: true, rejectUnauthorized: false }
}

/** Reads a file of PEM that a config names. Throws `ApiMisuse` for one that cannot be read, and for one that is not PEM. */
function pemOf(file: string): Buffer {
  const content = contentOf(file)
  if (!content.includes('-----BEGIN ')) throw new ApiMisuse(`the file ${file} is not PEM, because it has no line "-----BEGIN …"`)
  return content
}

/** Reads a file that a config names. Throws `ApiMisuse` for one that cannot be read. */
export function contentOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new ApiMisuse(`the file ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
