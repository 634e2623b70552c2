import type * as http from 'node:http'

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

let loadedHttp: typeof http | undefined
