import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pipeline, Transform } from 'node:stream'
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
  const path = await fileAt(root, join(root, ...names), index)
  if (path === undefined) return refuse(response, 404)
  // the kind and the size are those of what was opened, whatever the name has become since; a pipe is not waited for
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  let isHandedOn = false
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return refuse(response, 404)
    const { size, mtime } = facts
    const tag = `"${size.toString(16)}-${Math.trunc(mtime.getTime()).toString(16)}"`
    response.setHeader('ETag', tag)
    response.setHeader('Cache-Control', maxAge > 0 ? `max-age=${maxAge}` : 'no-cache')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (isTagIn(request.headers['if-none-match'], tag)) {
      response.writeHead(304).end()
      return
    }
    response.writeHead(200, { 'Content-Type': typeOf(path), 'Content-Length': size })
    if (request.method === 'HEAD' || size === 0) {
      response.end()
      return
    }
    isHandedOn = true
    send(file, size, response)
  } finally {
    if (!isHandedOn) await file.close()
  }
}

/**
 * Sends as many octets of a file as the head has promised. A file that has become shorter meanwhile, or a client that leaves, ends the connection: else the
 * beginning of the next answer would be taken for the rest of this one.
 */
function send(file: FileHandle, size: number, response: ServerResponse): void {
  let left = size
  const promised = new Transform({
    transform: (piece: Buffer, _, next) => {
      left -= piece.length
      next(null, piece)
    },
    flush: done => done(left > 0 ? new Error('the file has become shorter') : null),
  })
  pipeline(file.createReadStream({ end: size - 1 }), promised, response, () => {})
}

/** Tells whether a field If-None-Match has the tag of a file. Proxies that change an answer on its way make a tag weak; either is a match (RFC 9110 §13.1.2). */
function isTagIn(field: string | undefined, tag: string): boolean {
  if (field === undefined) return false
  return field.split(',').some(each => {
    const given = each.trim()
    return given === '*' || given === tag || given === `W/${tag}`
  })
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

/** Finds the file that a path stands for, without symbolic links. What it finds may not be a file. */
async function fileAt(root: string, path: string, index: string): Promise<string | undefined> {
  const found = await realpath(path)
  if (!isServed(root, found)) return undefined
  const facts = await stat(found)
  if (facts.isFile()) return found
  if (!facts.isDirectory()) return undefined
  const page = await realpath(join(found, index))
  return isServed(root, page) ? page : undefined
}

/** Whether what a path leads to may be seen: it is in the folder, and no name on the way begins with a dot. Symbolic links lead to both. */
function isServed(root: string, found: string): boolean {
  const way = relative(root, found)
  return !isAbsolute(way) && way.split(sep).every(name => !name.startsWith('.'))
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
