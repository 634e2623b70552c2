import type * as http from 'node:http'
import type * as https from 'node:https'

/**
 * Returns `node:http`, loaded at the first call.
 *
 * An `import` of it also loads Node's `fetch` from Node 22.5 on, because it reads every export and `http.WebSocket` is one. That takes more CPU time
 * than the import of this whole package (decision 97).
 */
export function nodeHttp(): typeof http {
  loadedHttp ??= process.getBuiltinModule('node:http')
  return loadedHttp
}

/** Returns `node:https`, loaded at the first call. Servers and clients without TLS never need it. */
export function nodeHttps(): typeof https {
  loadedHttps ??= process.getBuiltinModule('node:https')
  return loadedHttps
}

let loadedHttp: typeof http | undefined
let loadedHttps: typeof https | undefined
