import { readdirSync, readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { connect } from '@autobahn-ts/websocket'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FuzzingServer, fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

let server: FuzzingServer
let outdir: string
const ended: string[] = []
const reported: string[] = []

beforeEach(async () => {
  outdir = temporaryFolder()
  ended.length = 0
  reported.length = 0
  server = await fuzzingServer({
    url: 'ws://127.0.0.1:0',
    outdir,
    cases: ['1.1.1', '1.1.2', '2.1'],
    excludeAgentCases: { lazy: ['1.1.1'] },
    onCase: row => ended.push(`${row.agent} ${row.id} ${row.behavior}`),
    onReport: agent => reported.push(agent),
    pace: { opening: 0.2, answer: 0.2, drop: 0.5 },
  })
})

afterEach(async () => {
  await server.close()
})

describe('fuzzingServer', () => {
  it('answers on the control paths', async () => {
    expect(await asked('/getCaseCount')).toEqual({ message: '3', code: 1000 })
    expect(await asked('/getCaseInfo?case=2')).toEqual({
      message: '{"id":"1.1.2","description":"Sends a text message of 125 octets."}',
      code: 1000,
    })
    expect(await asked('/getCaseStatus?case=1&agent=me')).toEqual({
      message: '{"behavior":"UNKNOWN","behaviorClose":"UNKNOWN"}',
      code: 1000,
    })
    expect(await asked('/updateReports?agent=me')).toEqual({ message: undefined, code: 1000 })
    await expect.poll(() => reported).toEqual(['me'])
  })

  it('runs a case by its position or its number, and writes the report on request', async () => {
    await echoed('/runCase?case=1&agent=me')
    await echoed('/runCase?casetuple=1.1.2&agent=me')
    expect(await asked('/getCaseStatus?case=1&agent=me')).toMatchObject({ message: '{"behavior":"OK","behaviorClose":"OK"}' })
    await asked('/updateReports?agent=me')
    expect(ended.sort()).toEqual(['me 1.1.1 OK', 'me 1.1.2 OK'])
    expect(readFileSync(join(outdir, 'index.html'), 'utf8')).toContain('href="me_case_1_1_2.html"')
    expect(readdirSync(outdir).filter(name => name.startsWith('me_'))).toHaveLength(4)
  })

  it.each([
    '/runCase?case=4&agent=me',
    '/runCase?case=0&agent=me',
    '/runCase?case=x&agent=me',
    '/runCase?casetuple=9.9.9&agent=me',
    '/runCase?agent=me',
    '/runCase?case=1&agent=lazy',
    '/runCase?case=1',
    '/runCase',
    '/getCaseInfo?case=9',
    '/getCaseInfo',
    '/getCaseStatus?case=9&agent=me',
    '/getCaseStatus?case=1',
    '/updateReports',
    '/updateReports?agent=',
  ])('answers with an error status if the case does not exist or the agent is missing: %s', async path => {
    expect(await raw(`GET ${path} HTTP/1.1\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(server.report.rows).toEqual([])
  })

  it('answers with the status of a case once it is recorded', async () => {
    const ws = await connect(`${server.url}/runCase?case=1&agent=me`)
    const status = asked('/getCaseStatus?case=1&agent=me')
    for await (const message of ws) await ws.send(message)
    expect(await status).toEqual({ message: '{"behavior":"OK","behaviorClose":"OK"}', code: 1000 })
  })

  it('stops at the request of a testee on this machine', async () => {
    await asked('/stopServer')
    await server.stopped
    const second = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases: ['1.1.1'] })
    await asked('/updateReports?agent=me&shutdownOnComplete=true', second.url)
    await second.stopped
    await second.close()
  })

  it('carries out commands on other paths', async () => {
    for (const path of ['/', '/elsewhere']) {
      const ws = await connect(server.url + path)
      await ws.send('["echo", {"payload": "a"}]')
      expect(await ws.receive()).toBe('a')
      await ws.send('["close", {"code": 4000, "reason": "enough"}]')
      expect(await ws.closed).toMatchObject({ code: 4000, reason: 'enough' })
    }
  })

  it('answers a request that is not WebSocket with 400', async () => {
    expect(await raw('GET /other HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('400 Bad Request')
    expect(await raw('GET /getCaseCount HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('400 Bad Request')
    expect(await raw('rubbish\r\nrubbish\r\n\r\n')).toBe('')
    expect(await raw('GET / HTTP')).toBe('')
  })

  it('refuses pages of other origins on every path, and names the flag', async () => {
    for (const path of ['/getCaseCount', '/updateReports?agent=me', '/runCase?case=1&agent=me']) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n`)
      expect(answer, path).toMatch(/^HTTP\/1\.1 403 Forbidden.*--allow-origin/s)
    }
    expect(reported).toEqual([])
  })

  it('records a client with a wrong opening handshake as failed', async () => {
    await raw(
      'GET /runCase?case=1&agent=bad HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    expect(server.report.rows).toMatchObject([
      { agent: 'bad', id: '1.1.1', behavior: 'FAILED', reasons: { behavior: expect.stringContaining('Sec-WebSocket-Key') } },
    ])
  })

  it('ends running cases when it is closed', async () => {
    const ws = await connect(`${server.url}/runCase?case=1&agent=slow`)
    const report = await server.close()
    expect(report.rows).toMatchObject([{ agent: 'slow', behavior: 'FAILED' }])
    await ws.closed
    server = await fuzzingServer({ url: 'ws://127.0.0.1:0' })
  })

  it('needs a certificate and its key for wss, in readable files', async () => {
    await expect(fuzzingServer({ url: 'wss://127.0.0.1:0' })).rejects.toThrow('wss:// needs cert and key')
    await expect(fuzzingServer({ url: 'wss://127.0.0.1:0', cert: '/nowhere.pem', key: '/nowhere.pem' })).rejects.toThrow(
      /^the file \/nowhere\.pem of cert cannot be read: ENOENT/,
    )
    await expect(fuzzingServer({ url: 'ws://127.0.0.1:0', tls: { cert: '', key: '' } })).rejects.toThrow('a certificate needs wss://')
  })

  it('rejects if the port is taken', async () => {
    await expect(fuzzingServer({ url: server.url })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

const upgrade =
  'Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'

async function asked(path: string, url = server.url): Promise<{ message: unknown; code: number }> {
  const ws = await connect(url + path)
  let message: unknown
  for await (const each of ws) message = each
  return { message, code: (await ws.closed).code }
}

async function echoed(path: string): Promise<void> {
  const ws = await connect(server.url + path)
  for await (const message of ws) await ws.send(message)
}

/** Sends a request and returns everything until the end of TCP. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connectTcp(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(request))
    socket.setEncoding('latin1').on('data', text => {
      answer += text
    })
    socket.on('error', reject).on('close', () => resolve(answer))
  })
}
