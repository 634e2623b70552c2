import { resolve } from 'node:path'
import type { ListenerConfig, RouterConfig } from '../config/router-config.ts'

/**
 * Returns a config whose relative paths of files, folders and sockets begin at a folder: those of Crossbar's config begin where it is, in `.crossbar`, while those of
 * a config of this router begin where the router is started.
 */
export function besideConfig(config: RouterConfig, folder: string): RouterConfig {
  const { listeners } = config
  return listeners === undefined ? config : { ...config, listeners: listeners.map(listener => besideListener(listener, folder)) }
}

function besideListener(listener: ListenerConfig, folder: string): ListenerConfig {
  const { unix, tls, static: folders } = listener
  const absolute = (path: string): string => resolve(folder, path)
  return {
    ...listener,
    ...(unix !== undefined && { unix: absolute(unix) }),
    ...(tls !== undefined && {
      tls: { cert: absolute(tls.cert), key: absolute(tls.key), ...(tls.ca !== undefined && { ca: absolute(tls.ca) }) },
    }),
    ...(folders !== undefined && { static: Object.fromEntries(Object.entries(folders).map(([url, path]) => [url, absolute(path)])) }),
  }
}
