import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { certificateFiles } from '../fixtures/certificate-files.ts'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { temporaryFolder as makeFolder } from '../fixtures/temporary-folder.ts'

afterEach(endAll)

describe('a configuration in the form of the Autobahn Testsuite', () => {
  it('chooses cases by a digit in brackets, and leaves out those of exclude-cases', async () => {
    const { url } = await echoServer()
    const { run, index } = configured({
      options: { failByDrop: false },
      servers: [{ agent: 'mine', url, options: { version: 18 } }],
      cases: ['[1-2].*'],
      'exclude-cases': ['1.2.*', '2.1*'],
      'exclude-agent-cases': { 'mine*': ['1.1.8'] },
    })
    expect(await run.end()).toBe(0)
    const ids = Object.keys(index().mine)
    expect(ids).toEqual(['1.1.1', '1.1.2', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7', ...[2, 3, 4, 5, 6, 7, 8, 9].map(n => `2.${n}`)])
  })

  it('may have patterns that match nothing, each of which is a warning', async () => {
    const { url } = await echoServer()
    const { run, index } = configured({
      servers: [{ agent: 'mine', url }],
      cases: ['1.1.1', '99.*'],
      'exclude-cases': ['77.*'],
      'exclude-agent-cases': {},
    })
    expect(await run.end()).toBe(0)
    expect(run.stdout + run.stderr).toMatch(/no case matches 99\.\*/)
    expect(Object.keys(index().mine)).toEqual(['1.1.1'])
  })

  it('sets origin, protocols, host name and version of the request', async () => {
    const { url, requests } = await echoServer()
    const server = { agent: 'mine', url, origin: 'http://example.com', protocols: ['chat', 'other'], hostname: 'service.test' }
    const { run } = configured({ servers: [{ ...server, options: { version: 13 } }], cases: ['1.1.1'] })
    expect(await run.end()).toBe(0)
    expect(requests.at(-1)).toMatchObject({
      origin: 'http://example.com',
      'sec-websocket-protocol': expect.stringMatching(/^chat, ?other$/),
      host: expect.stringContaining('service.test'),
      'sec-websocket-version': '13',
    })
  })

  it('may leave out the agent, which the Server header of the response names', async () => {
    const { url } = await echoServer('Widget/2.1 (small)')
    const { run, index } = configured({ servers: [{ url }], cases: ['1.1.1'] })
    expect(await run.end()).toBe(0)
    expect(Object.keys(index())).toEqual(['Widget/2.1 (small)'])
  })

  it('makes a fuzzing server use TLS for an address with wss, with key and cert', async () => {
    const folder = temporaryFolder()
    const { cert, key } = certificateFiles(folder)
    const config = join(folder, 'fuzzingserver.json')
    const outdir = join(folder, 'out')
    writeFileSync(config, JSON.stringify({ url: 'wss://127.0.0.1:0', cert, key, outdir, cases: ['1.1.1'], 'exclude-cases': [] }))
    const fuzzer = new CliProcess('testsuite', 'fuzzing-server', '--config', config, '--once')
    const url = await fuzzer.said(/listens at (wss:\S+)/)
    const testee = new CliProcess('testsuite', 'testee-client', '--url', url, '--agent', 'mine', '--insecure')
    expect(await testee.end(), testee.stderr).toBe(0)
    expect(await fuzzer.end()).toBe(0)
    expect(Object.keys(JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8')).mine)).toEqual(['1.1.1'])
  })

  it('may have unknown keys, each of which is a warning with the probable name', async () => {
    const { url } = await echoServer()
    const { run, index } = configured({ servers: [{ agnet: 'mine', agent: 'mine', url }], cases: ['1.1.1'], 'exclude-case': ['1.1.1'] })
    expect(await run.end()).toBe(0)
    expect(run.stderr).toContain('unknown key exclude-case of the configuration; did you mean exclude-cases?')
    expect(run.stderr).toContain('unknown key agnet of servers[0]; did you mean agent?')
    expect(Object.keys(index().mine)).toEqual(['1.1.1'])
  })
})

/** Runs the fuzzing client with this configuration; `index` is the index of its report once it has ended. */
function configured(config: object): { readonly run: CliProcess; index(): Record<string, object> & { readonly mine: object } } {
  const folder = temporaryFolder()
  const outdir = join(folder, 'out')
  const file = join(folder, 'fuzzingclient.json')
  writeFileSync(file, JSON.stringify({ outdir, ...config }))
  const run = new CliProcess('testsuite', 'fuzzing-client', '--config', file)
  return { run, index: () => JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8')) }
}

/** Starts an echo server of another library that keeps the headers of its requests. */
async function echoServer(name?: string): Promise<{ readonly url: string; readonly requests: readonly object[] }> {
  const requests: object[] = []
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('headers', headers => {
    if (name !== undefined) headers.push(`Server: ${name}`)
  })
  sockets.on('connection', (socket, request) => {
    requests.push(request.headers)
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    sockets.close()
    server.closeAllConnections()
    server.close()
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

function temporaryFolder(): string {
  const folder = makeFolder()
  onTestFinished(() => folder.remove())
  return folder.path
}
