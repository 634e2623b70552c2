import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { certificates } from '../../packages/websocket/test/fixtures/certificates.ts'

/** A runtime that can run the programs of this folder. */
export interface TestedRuntime {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The fast paths that this runtime cannot use. */
  readonly lacks: readonly string[]
}

/** The tests of everything that needs a runtime, with the fast paths on and off. */
export function testsOn({ name, command, args, lacks }: TestedRuntime): void {
  describe(`on ${name}`, () => {
    for (const fastPaths of ['on', 'off']) {
      it(`all features that need a runtime behave as on Node, fast paths ${fastPaths}`, { timeout: 60_000 }, async () => {
        expect(await linesOf(command, [...args, 'test/runtimes/program.mjs'], fastPaths)).toEqual(expected)
      })

      it(`peers that do not read, reset, or present certificates are handled as on Node, fast paths ${fastPaths}`, {
        timeout: 120_000,
      }, async () => {
        expect(await linesOf(command, [...args, 'test/runtimes/hostile.mjs'], fastPaths)).toEqual(expectedOfHostile)
      })

      it(`uses the fast paths of this runtime, switched ${fastPaths}`, async () => {
        const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths }
        const { stdout } = await promisify(execFile)(command, [...args, 'test/runtimes/fast-paths.mjs'], { cwd: root, env })
        const taken = Object.entries(JSON.parse(stdout)).filter(([, isTaken]) => isTaken)
        expect(taken.map(([path]) => path)).toEqual(fastPaths === 'off' ? [] : allFastPaths.filter(path => !lacks.includes(path)))
      })
    }
  })
}

/** Runs a command in the root with the certificates of the tests in its environment; returns the lines that it prints. */
export async function linesOf(command: string, args: readonly string[], fastPaths = 'on'): Promise<string[]> {
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
  ...Array<string>(4).fill('form [1,2]'),
  'form text ["text"]',
  'form json [{"a":1}]',
  ...['ws through http', 'ws through https', 'wss through http', 'wss through https'].flatMap(how => [
    `${how} ["THROUGH"]`,
    `${how} large [300000]`,
  ]),
  'refused ["HandshakeFailed","ECONNREFUSED"]',
  'wamp call [{"a":"ä€🚀"}]',
  'wamp error ["http://api.wamp.ws/error#NoSuchRPCEndpoint"]',
  'wamp event ["http://e/t",{"n":1}]',
  ...Array<string[]>(2)
    .fill([
      'platform class ["echo",11]',
      'platform class events ["grüße",[98,108],[1,2],true,3001,true]',
      'platform stream [300000]',
      'platform stream end [1005,true]',
      'duplex ["through a Node stream"]',
    ])
    .flat(),
  ...Array<string[]>(2).fill(['drop-in ["permessage-deflate","",300000,"beat","grüße"]', 'drop-in close [3001,"x"]']).flat(),
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

const allFastPaths = ['readInto', 'directWriter', 'deflatesAtOnce', 'simdMasker']

const root = fileURLToPath(new URL('../..', import.meta.url))
