import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { certificates } from '../packages/websocket/test/fixtures/certificates.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = `${root}packages/testsuite/matrix/node_modules/.bin/`

const deno = `${installed}deno`

/** Bun and Deno come with `npm run setup`. */
const runtimes: readonly {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly lacks: readonly string[]
}[] = [
  { name: 'Node', command: process.execPath, args: [], lacks: [] },
  { name: 'Bun', command: `${installed}bun`, args: [], lacks: ['readInto', 'directWriter'] },
  {
    name: 'Deno',
    command: deno,
    args: ['run', '--no-lock', '--allow-all', '--node-modules-dir=manual'],
    lacks: ['directWriter'],
  },
]

for (const { name, command, args, lacks } of runtimes) {
  describe.skipIf(!existsSync(command))(`on ${name}`, () => {
    for (const fastPaths of ['on', 'off']) {
      it(`everything that needs a runtime does what it does elsewhere, fast paths ${fastPaths}`, { timeout: 60_000 }, async () => {
        expect(await linesOf(command, [...args, 'test/runtimes/program.mjs'], fastPaths)).toEqual(expected)
      })

      it(`peers that read nothing, reset or show certificates meet the same, fast paths ${fastPaths}`, { timeout: 120_000 }, async () => {
        expect(await linesOf(command, [...args, 'test/runtimes/hostile.mjs'], fastPaths)).toEqual(expectedOfHostile)
      })

      it(`takes the fast paths that this runtime has, switched ${fastPaths}`, async () => {
        const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths }
        const { stdout } = await promisify(execFile)(command, [...args, 'test/runtimes/fast-paths.mjs'], { cwd: root, env })
        const taken = Object.entries(JSON.parse(stdout)).filter(([, isTaken]) => isTaken)
        expect(taken.map(([path]) => path)).toEqual(fastPaths === 'off' ? [] : allFastPaths.filter(path => !lacks.includes(path)))
      })
    }
  })
}

const allFastPaths = ['readInto', 'directWriter', 'deflatesAtOnce', 'simdMasker']

describe.skipIf(!existsSync(deno))('the permissions of Deno', () => {
  it('are not needed to import the packages, and nobody is asked for them', { timeout: 60_000 }, async () => {
    for (const name of ['@autobahn-ts/websocket', '@autobahn-ts/websocket/portable', '@autobahn-ts/wamp/v1']) {
      const source = `console.log(Object.keys(await import('${import.meta.resolve(name)}')).length > 0)`
      const program = `data:text/javascript,${encodeURIComponent(source)}`
      expect(await linesOf(deno, ['run', '--no-lock', '--no-prompt', '--node-modules-dir=manual', program])).toEqual(['true'])
    }
  })

  it('are the network alone for servers and clients', { timeout: 60_000 }, async () => {
    const args = ['run', '--no-lock', '--no-prompt', '--allow-net', '--node-modules-dir=manual', 'test/runtimes/permissions.mjs']
    expect(await linesOf(deno, args)).toEqual(['600'])
  })
})

async function linesOf(command: string, args: readonly string[], fastPaths = 'on'): Promise<string[]> {
  const { ca, server, client } = certificates()
  const pems = { TLS_CERT: server.cert, TLS_KEY: server.key, TLS_CA: ca, CLIENT_CERT: client.cert, CLIENT_KEY: client.key }
  const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths, ...pems }
  const ran = await promisify(execFile)(command, args, { cwd: root, env, timeout: 100_000 })
  return ran.stdout.trimEnd().split('\n')
}

const expected = [
  ...['plain', 'secure', 'deflate', 'attached'].flatMap(what => [
    `${what} text ["GRÜSSE 🚀"]`,
    `${what} empty text [""]`,
    `${what} long text [true]`,
    `${what} octets [0,255,1]`,
    `${what} large message [true]`,
    `${what} ping [true]`,
    `${what} close [3333,"",true]`,
  ]),
  'attached page ["a page"]',
  'streams ["500000"]',
  'broadcast [{"sent":3,"skipped":0,"skippedMembers":[]},"to all","to all","to all"]',
  'refused ["HandshakeFailed","ECONNREFUSED"]',
  'wamp call [{"a":"ä€🚀"}]',
  'wamp error ["http://api.wamp.ws/error#NoSuchRPCEndpoint"]',
  'wamp event ["http://e/t",{"n":1}]',
]

const expectedOfHostile = [
  ...['a stalled server of ws', 'a stalled client of ws', 'a stalled server of wss', 'a stalled client of wss'].flatMap(who => [
    `${who} holds its sender back [true,0]`,
    `${who} loses nothing [true]`,
  ]),
  'ws reset [false,1006]',
  'wss reset [false,1006]',
  'unclaimed upgrade ["HTTP/1.1 404 Not Found"]',
  'client without a certificate [false,null,true]',
  'client with a certificate [true,"alice",true]',
]
