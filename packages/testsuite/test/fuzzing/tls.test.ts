import { once } from 'node:events'
import { connectWS, permessageDeflate, WebSocketClientFactory } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { certificates } from '../../../websocket/test/fixtures/certificates.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { EchoClient } from '../../src/testees/echo.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'

const cases = ['1.1.2', '1.1.8', '2.7', '3.4', '7.1.1', '20.1.1', '20.6.26', '23.1.1', '25.1.1']
const clientCases = ['1.1.2', '1.1.8', '3.4', '7.1.1', '20.10.1', '20.13.18', '23.1.1']
const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('over TLS', () => {
  it('the fuzzing client tests a server whose certificate is its own', async () => {
    const { server } = certificates()
    const listener = await testeeServer({ host: '127.0.0.1', port: 0, tls: server })
    ends.push(() => listener.close())
    expect(listener.url).toMatch(/^wss:/)
    const { rows } = await fuzzingClient({ servers: [{ agent: 'secure', url: listener.url }], cases })
    expect(rows).toHaveLength(cases.length)
    expect(rows.filter(({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK')).toEqual([])
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

  it('a server that speaks no TLS cannot be reached', async () => {
    const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
    ends.push(() => listener.close())
    const url = listener.url.replace('ws:', 'wss:')
    const { unreachable } = await fuzzingClient({ servers: [{ agent: 'plain', url }], cases, pace: { opening: 1 } })
    expect(unreachable).toMatchObject([{ agent: 'plain', url }])
  })

  it('a client that speaks no TLS is no matter to the fuzzing server', async () => {
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
