import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectWS, permessageDeflate, WebSocketClientFactory } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { certificates } from '../../../websocket/test/fixtures/certificates.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { EchoClient } from '../../src/testees/echo.ts'
import { testeeClient } from '../../src/testees/testee-client.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const cases = ['1.1.2', '1.1.8', '2.7', '3.4', '7.1.1', '20.1.1', '20.6.26', '23.1.1', '25.1.1']
const clientCases = ['1.1.2', '1.1.8', '3.4', '7.1.1', '20.10.1', '20.13.18', '23.1.1']
const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('over TLS', () => {
  it('the fuzzing client tests a server with a self-signed certificate', async () => {
    const { server } = certificates()
    const listener = await testeeServer({ host: '127.0.0.1', port: 0, tls: server })
    ends.push(() => listener.close())
    expect(listener.url).toMatch(/^wss:/)
    const { rows } = await fuzzingClient({ servers: [{ agent: 'secure', url: listener.url, insecure: true }], cases })
    expect(rows).toHaveLength(cases.length)
    expect(rows.filter(({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK')).toEqual([])
  })

  it('the certificate of a server is checked, unless that is switched off', async () => {
    const { server, ca, stranger } = certificates()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'ca.pem'), ca)
    const sound = await testeeServer({ host: '127.0.0.1', port: 0, tls: server })
    const strange = await testeeServer({ host: '127.0.0.1', port: 0, tls: stranger })
    ends.push(
      () => sound.close(),
      () => strange.close(),
    )
    const outcome = async (entry: { url: string; ca?: string; insecure?: true }): Promise<string> => {
      const { rows, unreachable } = await fuzzingClient({ servers: [{ agent: 'secure', ...entry }], cases: ['1.1.2'] })
      return rows[0]?.behavior ?? unreachable[0]!.reason
    }
    const trusted = { ca: join(folder, 'ca.pem') }
    expect(await outcome({ url: sound.url, ...trusted })).toBe('OK')
    expect(await outcome({ url: sound.url })).toContain('; a certificate of your own is named by --ca (ca), or not checked with --insecure')
    expect(await outcome({ url: strange.url, ...trusted })).toContain('cannot be reached')
    expect(await outcome({ url: strange.url, insecure: true })).toBe('OK')
  })

  it('client certificates are requested and presented, on both sides', async () => {
    const { server, ca, client } = certificates()
    const folder = temporaryFolder()
    const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    writeFileSync(files.ca, ca)
    writeFileSync(files.cert, client.cert)
    writeFileSync(files.key, client.key)
    const listener = await testeeServer({ host: '127.0.0.1', port: 0, tls: { ...server, ca, requestCert: true } })
    const fuzzer = await fuzzingServer({ url: 'wss://127.0.0.1:0', tls: { ...server, ca }, cases: ['1.1.2'] })
    ends.push(
      () => listener.close(),
      () => fuzzer.close(),
    )
    const { rows } = await fuzzingClient({ servers: [{ agent: 'secure', url: listener.url, ...files }], cases: ['1.1.2'] })
    expect(rows).toMatchObject([{ behavior: 'OK', tls: expect.stringMatching(/^TLSv1\.[23], (no ALPN|ALPN http\/1\.1)$/) }])
    expect(await testeeClient({ url: fuzzer.url, tls: { ca, ...client } })).toBe(1)
    expect(fuzzer.report.rows).toMatchObject([{ behavior: 'OK', tls: expect.stringMatching(/^TLSv1\.[23], /) }])
    await expect(testeeClient({ url: fuzzer.url, tls: { ca } })).rejects.toThrow()
  })

  it('the fuzzing server tests clients', async () => {
    const { server, ca } = certificates()
    const fuzzer = await fuzzingServer({ url: 'wss://127.0.0.1:0', tls: server, cases: clientCases })
    ends.push(() => fuzzer.close())
    for (const [n] of clientCases.entries()) {
      const factory = new WebSocketClientFactory(`${fuzzer.url}/runCase?case=${n + 1}&agent=secure`, {
        protocol: EchoClient,
        extensions: [permessageDeflate()],
      })
      await connectWS(factory, { tls: { ca } }).then(
        client => client.closed,
        () => undefined,
      )
    }
    await expect.poll(() => fuzzer.report.rows.length).toBe(clientCases.length)
    expect(fuzzer.report.rows.filter(({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK')).toEqual([])
  })

  it('a server without TLS cannot be reached', async () => {
    const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
    ends.push(() => listener.close())
    const url = listener.url.replace('ws:', 'wss:')
    const { unreachable } = await fuzzingClient({ servers: [{ agent: 'plain', url, insecure: true }], cases, pace: { opening: 1 } })
    expect(unreachable).toMatchObject([{ agent: 'plain', url }])
  })

  it('a client without TLS does not disturb the fuzzing server', async () => {
    const errors: unknown[] = []
    const fuzzer = await fuzzingServer({
      url: 'wss://127.0.0.1:0',
      tls: certificates().server,
      cases: ['1.1.1'],
      onError: error => errors.push(error),
    })
    ends.push(() => fuzzer.close())
    const { connect } = await import('node:net')
    const socket = connect(Number(new URL(fuzzer.url).port), '127.0.0.1', () => socket.write('GET /getCaseCount HTTP/1.1\r\n\r\n'))
    socket.on('error', () => {}).resume()
    await once(socket, 'close')
    expect([errors, fuzzer.report.rows]).toEqual([[], []])
  })
})
