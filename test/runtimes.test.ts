import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { certificates } from '../packages/websocket/test/fixtures/certificates.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = `${root}packages/testsuite/matrix/node_modules/.bin/`

/** Bun and Deno come with `npm run setup`. */
const runtimes: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'Node', command: process.execPath, args: [] },
  { name: 'Bun', command: `${installed}bun`, args: [] },
  { name: 'Deno', command: `${installed}deno`, args: ['run', '--no-lock', '--allow-all', '--node-modules-dir=manual'] },
]

for (const { name, command, args } of runtimes) {
  describe.skipIf(!existsSync(command))(`on ${name}`, () => {
    for (const fastPaths of ['on', 'off']) {
      it(`everything that needs a runtime does what it does elsewhere, fast paths ${fastPaths}`, { timeout: 60_000 }, async () => {
        const { cert, key } = certificates().server
        const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths, TLS_CERT: cert, TLS_KEY: key, TLS_CA: certificates().ca }
        const ran = await promisify(execFile)(command, [...args, 'test/runtimes/program.mjs'], { cwd: root, env })
        expect(ran.stdout.trimEnd().split('\n')).toEqual(expected)
      })
    }
  })
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
  'broadcast [{"sent":3,"skipped":0},"to all","to all","to all"]',
  'refused ["HandshakeFailed","ECONNREFUSED"]',
  'wamp call [{"a":"ä€🚀"}]',
  'wamp error ["http://api.wamp.ws/error#NoSuchRPCEndpoint"]',
  'wamp event ["http://e/t",{"n":1}]',
]
