import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { ApiMisuse, checkOptions, type OptionChecks, optionCheck, shownValue } from '@autobahn-ts/websocket'

/** Options of files. */
export interface StaticFilesOptions {
  /** The path below which the files are. Default: `/`. */
  readonly path?: string
  /** The file that stands for a folder. Default: `index.html`. */
  readonly index?: string
  /** The number of seconds for which browsers need not ask again. Default: 0, so that they ask each time whether a file has changed. */
  readonly maxAge?: number
}

/** Takes HTTP requests. Returns false for a path that is not below that of the files, and for methods other than GET and HEAD. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Serves the files of a folder by HTTP, for the option `request` of `listen`, or for any server of `node:http`.
 *
 * Nothing outside the folder is served, not by `..` and not by symbolic links, and no file whose name begins with a dot, or is in a folder whose name does.
 */
export function staticFiles(folder: string, options: StaticFilesOptions = {}): StaticFiles {
  if (typeof folder !== 'string' || folder === '')
    throw new ApiMisuse(`staticFiles needs the path of a folder, and not ${shownValue(folder)}`)
  checkOptions<StaticFilesOptions>(options, fileChecks, 'staticFiles')
  const { path = '/', index = 'index.html', maxAge = 0 } = options
  const base = path.endsWith('/') ? path : `${path}/`
  return (request, response) => {
    const [target = ''] = (request.url ?? '').split('?', 1)
    if ((request.method !== 'GET' && request.method !== 'HEAD') || !target.startsWith(base)) return false
    answer(request, response, { folder, target: target.slice(base.length), index, maxAge }).catch(() => refuse(response, 404))
    return true
  }
}

interface Asked {
  readonly folder: string
  /** The path of the request below that of the files. */
  readonly target: string
  readonly index: string
  readonly maxAge: number
}

async function answer(request: IncomingMessage, response: ServerResponse, { folder, target, index, maxAge }: Asked): Promise<void> {
  const names = namesIn(target)
  if (names === undefined) return refuse(response, 404)
  const root = await realpath(resolve(folder))
  const file = await fileAt(root, join(root, ...names), index)
  if (file === undefined) return refuse(response, 404)
  const { path, size, mtime } = file
  const tag = `"${size.toString(16)}-${Math.trunc(mtime.getTime()).toString(16)}"`
  response.setHeader('ETag', tag)
  response.setHeader('Cache-Control', maxAge > 0 ? `max-age=${maxAge}` : 'no-cache')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end()
    return
  }
  response.writeHead(200, { 'Content-Type': typeOf(path), 'Content-Length': size })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // a file that shrinks meanwhile, or a client that leaves, ends the connection
  pipeline(createReadStream(path, { end: Math.max(0, size - 1) }), response, () => {})
}

/** Returns the names in a path; `undefined` where one of them is not the name of a file to be served. */
function namesIn(target: string): readonly string[] | undefined {
  let text: string
  try {
    text = decodeURIComponent(target)
  } catch {
    return undefined
  }
  const names = text.split('/').filter(name => name !== '')
  return names.some(name => name.startsWith('.') || /[\0\\:]/.test(name)) ? undefined : names
}

async function fileAt(root: string, path: string, index: string) {
  const found = await realpath(path)
  if (found !== root && !found.startsWith(root + sep)) return undefined
  const facts = await stat(found)
  if (facts.isFile()) return { path: found, size: facts.size, mtime: facts.mtime }
  if (!facts.isDirectory()) return undefined
  const page = await realpath(join(found, index))
  if (!page.startsWith(root + sep)) return undefined
  const { size, mtime } = await stat(page)
  return { path: page, size, mtime }
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': noFile.length }).end(noFile)
}

const noFile = 'there is no such file\n'

function typeOf(path: string): string {
  return types.get(extname(path).toLowerCase()) ?? 'application/octet-stream'
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.gif', 'image/gif'],
  ['.webp', 'image/webp'],
  ['.ico', 'image/x-icon'],
  ['.wasm', 'application/wasm'],
  ['.woff2', 'font/woff2'],
])

const fileChecks: OptionChecks<StaticFilesOptions> = {
  path: optionCheck('a path as requests have it, from its slash on', value => typeof value === 'string' && value.startsWith('/')),
  index: optionCheck('the name of a file', value => typeof value === 'string' && /^[^/\\]+$/.test(value)),
  maxAge: optionCheck('a whole number of seconds', value => Number.isSafeInteger(value) && (value as number) >= 0),
}
