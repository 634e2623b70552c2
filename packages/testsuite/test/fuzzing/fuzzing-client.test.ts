import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { NoSuchCase } from '../../src/cases/selection.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { NoReport } from '../../src/report/earlier-rows.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

let listener: Awaited<ReturnType<typeof testeeServer>>

beforeEach(async () => {
  listener = await testeeServer({ host: '127.0.0.1', port: 0 })
})

afterEach(async () => {
  await listener.close()
})

describe('fuzzingClient', () => {
  it('plays the chosen cases with each server, calls back for each, and writes the report', async () => {
    const outdir = temporaryFolder()
    const told: string[] = []
    const report = await fuzzingClient({
      servers: [
        { agent: 'one', url: listener.url },
        { agent: 'two', url: listener.url, options: { version: 18 } },
      ],
      cases: ['1.1.*'],
      excludeCases: ['1.1.8'],
      excludeAgentCases: { two: ['1.1.1'] },
      outdir,
      onCase: (row, { done, count }) => told.push(`${done}/${count} ${row.agent}`),
    })
    expect(report.rows).toHaveLength(13)
    expect(told.at(-1)).toBe('13/13 two')
    const index = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'))
    expect(Object.keys(index.one)).toHaveLength(7)
    expect(Object.keys(index.two)).toHaveLength(6)
  })

  it('adds to the matrix of a folder, and replaces rows of cases that run again', async () => {
    const outdir = temporaryFolder()
    for (const [agent, cases] of [
      ['one', ['1.1.1', '1.1.2']],
      ['two', ['1.1.1']],
      ['one', ['1.1.3']],
    ] as const)
      await fuzzingClient({ servers: [{ agent, url: listener.url }], cases, outdir })
    const index = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'))
    expect(Object.keys(index)).toEqual(['two', 'one'])
    expect(Object.keys(index.one)).toEqual(['1.1.3'])
    const page = readFileSync(join(outdir, 'index.html'), 'utf8')
    for (const file of ['two_case_1_1_1.html', 'one_case_1_1_3.html']) expect(page).toContain(`href="${file}"`)
  })

  it('does not overwrite a file that is not a report', async () => {
    const outdir = temporaryFolder()
    writeFileSync(join(outdir, 'index.json'), '[]')
    await expect(fuzzingClient({ servers: [{ agent: 'one', url: listener.url }], cases: ['1.1.1'], outdir })).rejects.toThrow(NoReport)
    expect(readFileSync(join(outdir, 'index.json'), 'utf8')).toBe('[]')
  })

  it('begins no further case after an abort', async () => {
    const ending = new AbortController()
    const report = await fuzzingClient({
      servers: [{ agent: 'one', url: listener.url }],
      cases: ['1.1.*'],
      concurrency: 1,
      signal: ending.signal,
      onCase: () => ending.abort(),
    })
    expect(report.rows).toHaveLength(1)
  })

  it('reports a server that cannot be reached, tests the others, and writes the report', async () => {
    const outdir = temporaryFolder()
    const notices: string[] = []
    const report = await fuzzingClient({
      servers: [
        { agent: 'gone', url: 'ws://127.0.0.1:1' },
        { agent: 'here', url: listener.url },
      ],
      cases: ['1.1.1'],
      outdir,
      onNotice: text => notices.push(text),
    })
    expect(report.rows).toMatchObject([{ agent: 'here', behavior: 'OK' }])
    expect(report.unreachable).toMatchObject([{ agent: 'gone', url: 'ws://127.0.0.1:1', reason: expect.stringContaining('ECONNREFUSED') }])
    expect(notices).toEqual([expect.stringMatching(/^gone is not tested: 127\.0\.0\.1:1 cannot be reached: /)])
    expect(Object.keys(JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8')))).toEqual(['gone', 'here'])
    expect(readFileSync(join(outdir, 'index.html'), 'utf8')).toContain('not tested: ')
  })

  it('warns of a pattern that matches no case, and refuses one that cannot be read', async () => {
    const notices: string[] = []
    const servers = [{ agent: 'one', url: listener.url }]
    const report = await fuzzingClient({ servers, cases: ['99.1', '1.1.1'], onNotice: text => notices.push(text) })
    expect(report.rows).toHaveLength(1)
    expect(notices).toEqual(['no case matches 99.1'])
    await expect(fuzzingClient({ servers, cases: ['[1.*'] })).rejects.toThrow(NoSuchCase)
  })

  it('names a server by its header where the configuration does not', async () => {
    const { rows } = await fuzzingClient({ servers: [{ url: listener.url }], cases: ['1.1.1'] })
    expect(rows).toMatchObject([{ agent: expect.stringMatching(/^AutobahnTS|^autobahn|^127/i) }])
  })

  it('asks with the host, the origin and the subprotocols of the configuration', async () => {
    const requests: string[] = []
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.once('data', chunk => {
        requests.push(String(chunk))
        const key = /sec-websocket-key: (.*)\r/i.exec(String(chunk))?.[1] ?? ''
        socket.end(
          `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: b\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
        )
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const entry = { url: `ws://127.0.0.1:${port}/`, hostname: 'example.com', origin: 'http://example.com', protocols: ['a', 'b'] }
    await fuzzingClient({ servers: [entry], cases: ['1.1.1'], concurrency: 1 })
    server.close()
    expect(requests.length).toBeGreaterThanOrEqual(2)
    for (const request of requests)
      expect(request).toMatch(/\r\nHost: example\.com\r\n(.*\r\n)*Origin: http:\/\/example\.com\r\nSec-WebSocket-Protocol: a, b\r\n/)
  })

  it('runs the cases one by one with a server that accepts one connection at a time', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket, { socket: tcp }) => {
      if (server.clients.size > 1) tcp.destroy()
      socket.on('error', () => {})
      socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }))
    })
    await once(server, 'listening')
    const notices: string[] = []
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { rows } = await fuzzingClient({
      servers: [{ agent: 'device', url }],
      cases: ['1.*', '2.*'],
      onNotice: text => notices.push(text),
    })
    server.close()
    expect(notices).toEqual(['device accepts one connection at a time, so its cases run one by one'])
    expect(rows.filter(({ behavior }) => behavior !== 'OK')).toEqual([])
  })
})
