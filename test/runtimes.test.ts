import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { certificates } from '../packages/websocket/test/fixtures/certificates.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = `${root}packages/testsuite/matrix/node_modules/.bin/`

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
    command: `${installed}deno`,
    args: ['run', '--no-lock', '--allow-all', '--node-modules-dir=manual'],
    lacks: ['directWriter'],
  },
]

for (const { name, command, args, lacks } of runtimes) {
  describe.skipIf(!existsSync(command))(`on ${name}`, () => {
    for (const fastPaths of ['on', 'off']) {
      it(`everything that needs a runtime does what it does elsewhere, fast paths ${fastPaths}`, { timeout: 60_000 }, async () => {
        const { cert, key } = certificates().server
        const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths, TLS_CERT: cert, TLS_KEY: key, TLS_CA: certificates().ca }
        const ran = await promisify(execFile)(command, [...args, 'test/runtimes/program.mjs'], { cwd: root, env })
        expect(ran.stdout.trimEnd().split('\n')).toEqual(expected)
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
