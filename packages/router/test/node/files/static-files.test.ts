import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type StaticFilesOptions, staticFiles } from '../../../src/node/files/static-files.ts'
import { httpServer, rawConnection, requested } from '../../fixtures/listening.ts'

let place: string
let folder: string
const servers: Server[] = []

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'router-files-'))
  folder = join(place, 'public')
  mkdirSync(join(folder, 'sub', 'empty'), { recursive: true })
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(place, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<h1>index</h1>')
  writeFileSync(join(folder, 'a b.txt'), 'text')
  writeFileSync(join(folder, 'empty.txt'), '')
  writeFileSync(join(folder, '.env'), 'secret')
  writeFileSync(join(folder, '.git', 'config'), 'secret')
  writeFileSync(join(folder, 'sub', 'index.html'), 'sub')
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(300_000, 1))
  symlinkSync(join(place, 'secret.txt'), join(folder, 'link.txt'))
  symlinkSync(place, join(folder, 'outside'))
  symlinkSync('.env', join(folder, 'settings.txt'))
  symlinkSync('.git', join(folder, 'history'))
  symlinkSync('a b.txt', join(folder, 'other.txt'))
  mkdirSync(join(folder, 'folder-as-index', 'index.html'), { recursive: true })
  mkdirSync(join(folder, 'pipe-as-index'))
  execFileSync('mkfifo', [join(folder, 'pipe'), join(folder, 'pipe-as-index', 'index.html')])
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => rmSync(place, { recursive: true }))

describe('staticFiles', () => {
  for (const [path, type, text] of [
    ['/', 'text/html; charset=utf-8', '<h1>index</h1>'],
    ['/index.html?x=1', 'text/html; charset=utf-8', '<h1>index</h1>'],
    ['/sub', 'text/html; charset=utf-8', 'sub'],
    ['/sub/', 'text/html; charset=utf-8', 'sub'],
    ['/a%20b.txt', 'text/plain; charset=utf-8', 'text'],
    ['/empty.txt', 'text/plain; charset=utf-8', ''],
    ['/other.txt', 'text/plain; charset=utf-8', 'text'],
  ] as const) {
    it(`serves ${path}`, async () => {
      expect(await asked(path)).toMatchObject({ status: 200, text, headers: { 'content-type': type, 'x-content-type-options': 'nosniff' } })
    })
  }

  it('serves a large file whole', async () => {
    const { headers, text } = await asked('/large.bin')
    expect([headers['content-length'], headers['content-type'], text.length]).toEqual(['300000', 'application/octet-stream', 300_000])
  })

  for (const path of [
    '/nothing',
    '/sub/empty',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/sub/../../secret.txt',
    '/..\\secret.txt',
    '/link.txt',
    '/outside/secret.txt',
    '/.env',
    '/.git/config',
    '/a%00b',
    '/%E0%A4%A',
    '/index.html/x',
    // symbolic links to names that begin with a dot, and what is not a plain file
    '/settings.txt',
    '/history/config',
    '/folder-as-index/',
    '/pipe',
    '/pipe-as-index/',
  ])
    it(`does not serve ${path}`, async () => {
      const { status, text } = await asked(path)
      expect([status, text]).toEqual([404, 'there is no such file\n'])
    })

  it('tells the head alone for HEAD, and that a file has not changed', async () => {
    const head = await asked('/', {}, { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '14', ''])
    const again = await asked('/', { maxAge: 60 }, { method: 'GET', headers: { 'If-None-Match': head.headers.etag! } })
    expect([again.status, again.headers['cache-control'], again.text]).toEqual([304, 'max-age=60', ''])
  })

  it('knows the tag of a file in a list, as a proxy has weakened it, and in place of any', async () => {
    const { etag } = (await asked('/', {}, { method: 'HEAD' })).headers
    for (const field of [`W/${etag}`, `"other", ${etag}`, '*'])
      expect((await asked('/', {}, { method: 'GET', headers: { 'If-None-Match': field } })).status, field).toBe(304)
    for (const field of ['"other"', 'W/"other", ""', ''])
      expect((await asked('/', {}, { method: 'GET', headers: { 'If-None-Match': field } })).status, field).toBe(200)
  })

  it('ends the connection where a file becomes shorter while it is sent, so that the next answer is not taken for its rest', async () => {
    const path = join(folder, 'shrinking.bin')
    writeFileSync(path, Buffer.alloc(30_000_000, 1))
    const files = staticFiles(folder)
    const { server, port } = await httpServer((request, response) => void files(request, response))
    servers.push(server)
    const { socket, received } = await rawConnection(port)
    socket.once('readable', () => {
      truncateSync(path, 10)
      socket.resume()
    })
    socket.write('GET /shrinking.bin HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await received).length).toBeLessThan(30_000_000)
  })

  it('leaves other methods, and paths that are not below its own', async () => {
    expect((await asked('/', {}, { method: 'POST' })).status).toBe(418)
    expect((await asked('/page', { path: '/pages' })).status).toBe(418)
    expect((await asked('/pages/sub', { path: '/pages' })).text).toBe('sub')
  })

  for (const [call, says] of [
    [() => staticFiles(''), 'staticFiles needs the path of a folder'],
    [() => staticFiles('a', { indx: 'a' } as never), 'did you mean index?'],
    [() => staticFiles('a', { index: '../a' }), 'option index must be the name of a file'],
    [() => staticFiles('a', { path: 'a' }), 'option path must be a path'],
  ] as const) {
    it(`refuses: ${says}`, () => {
      expect(call).toThrow(says)
    })
  }
})

async function asked(
  path: string,
  options: StaticFilesOptions = {},
  how: { method: string; headers?: Record<string, string> } = { method: 'GET' },
) {
  const files = staticFiles(folder, options)
  const { server, port } = await httpServer((request, response) => {
    if (!files(request, response)) response.writeHead(418).end()
  })
  servers.push(server)
  return requested(port, path, how)
}
