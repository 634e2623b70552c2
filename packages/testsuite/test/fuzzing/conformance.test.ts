import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { catalogue } from '../../src/cases/catalogue.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { type FuzzingServer, fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { compressionFigures } from '../../src/report/figures.ts'
import type { Report } from '../../src/report/report-writer.ts'
import { testeeClient } from '../../src/testees/testee-client.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'

/** Groups 1 to 7 and 10. */
const plain = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*']
/** Groups 1 to 7 and 10, and a part of every subgroup of 9, 12 and 13. */
const thinned = ['thinned']
const informational = { '7.1.6': 'INFORMATIONAL', '7.13.1': 'INFORMATIONAL', '7.13.2': 'INFORMATIONAL' }
const late = { '6.4.1': 'NON-STRICT', '6.4.2': 'NON-STRICT', '6.4.3': 'NON-STRICT', '6.4.4': 'NON-STRICT' }
/** The groups beyond those of the Autobahn Testsuite. Each case states the weight of its verdict, and why. */
const beyond = {
  server: { '20.6.8': 'NON-STRICT', '20.7.6': 'NON-STRICT', '20.8.11': 'NON-STRICT', '23.3.9': 'OK/INFORMATIONAL' },
  client: { '20.12.9': 'NON-STRICT', '20.13.7': 'NON-STRICT', '20.13.8': 'NON-STRICT', '23.3.9': 'OK/INFORMATIONAL' },
}
const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('this library', () => {
  it('passes as a server', async () => {
    const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
    ends.push(() => listener.close())
    const report = await fuzzingClient({ servers: [{ agent: 'autobahn-ts', url: listener.url }], cases: thinned })
    expect(notOk(report)).toEqual(informational)
    expect(report.rows).toHaveLength(269)
    expect(compressionFigures(report)).toMatchObject([wellCompressed])
  }, 60_000)

  it('passes as a client', async () => {
    const server = await fuzzing(thinned)
    expect(await testeeClient({ url: server.url })).toBe(269)
    expect(notOk(server.report)).toEqual(informational)
    expect(server.report.rows).toHaveLength(269)
    expect(compressionFigures(server.report)).toMatchObject([wellCompressed])
  }, 60_000)

  it('passes the groups beyond as a server, without a failed case', async () => {
    const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
    ends.push(() => listener.close())
    const report = await fuzzingClient({ servers: [{ agent: 'autobahn-ts', url: listener.url }], cases: ['extra'] })
    expect(notOk(report)).toEqual(beyond.server)
  })

  it('passes the groups beyond as a client', async () => {
    const server = await fuzzing(['extra'])
    await testeeClient({ url: server.url })
    expect(notOk(server.report)).toEqual(beyond.client)
  })
})

/**
 * The compression of this library: every message of the thinned choice is long enough to be compressed, and the context is kept wherever it
 * may be.
 */
const wellCompressed = { cases: 12, messages: 12_000, compressedMessages: 12_000, mayKeepContext: 8, keptContext: 8 }

describe('ws gets its known verdicts', () => {
  it('as a server', async () => {
    const url = await wsServer()
    const report = await fuzzingClient({ servers: [{ agent: 'ws', url }], cases: plain })
    expect(notOk(report)).toEqual({ ...late, ...informational })
    expect(report.rows).toHaveLength(247)
  })

  it('as a server with its limits, which the report names', async () => {
    const url = await wsServer()
    const limits = ['9.3.1', '9.3.2', '9.4.1', '9.4.2']
    const report = await fuzzingClient({ servers: [{ agent: 'ws', url }], cases: [...limits, '9.3.3', '13.3.6'] })
    const { rows } = report
    expect(rows.filter(({ behavior }) => behavior === 'FAILED').map(({ id }) => id)).toEqual(limits)
    expect(rows.filter(({ isLimit, remoteCloseCode }) => isLimit === true && remoteCloseCode === 1008).map(({ id }) => id)).toEqual(limits)
    expect(rows.filter(({ behavior }) => behavior === 'OK')).toHaveLength(2)
  })

  it('as a server, in the groups beyond', async () => {
    const url = await wsServer()
    const expected = {
      // Node's parser of HTTP accepts requests that RFC 9112 §3.2 refuses.
      '20.4.2': 'FAILED',
      // The body of a request is read as frames, unless Node has removed it.
      '20.9.2': (await nodeReadsBodiesOfUpgrades()) ? undefined : 'FAILED',
      '20.1.1': undefined,
      '21.1.2': 'NON-STRICT',
      '21.4.1': undefined,
      // At most 60 pongs wait to be written, which is a limit and not a fault.
      '22.1.1': 'INFORMATIONAL',
      '23.1.1': undefined,
      // zlib stops at a block marked as last, but the message goes on (RFC 7692 §7.2.1).
      '23.2.3': 'FAILED',
      // The numeric value of 08 is 8, but leading zeros are not allowed (RFC 7692 §7.1.2.1).
      '24.2.22': 'FAILED',
      '24.3.1': 'NON-STRICT',
      '25.1.1': 'FAILED',
    }
    const report = await fuzzingClient({ servers: [{ agent: 'ws', url }], cases: Object.keys(expected) })
    expect({ ...Object.fromEntries(Object.keys(expected).map(id => [id, undefined])), ...notOk(report) }).toEqual(expected)
  })

  it('as a client, with the usual loop', async () => {
    const server = await fuzzing(plain)
    const count = Number(await visit(`${server.url}/getCaseCount`))
    const numbers = Array.from({ length: count }, (_, n) => n + 1)
    // Eight cases at a time, so that the pauses do not add up.
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) await visit(`${server.url}/runCase?case=${n}&agent=ws`)
      }),
    )
    await visit(`${server.url}/updateReports?agent=ws`)
    expect(notOk(server.report)).toEqual({ ...late, ...informational })
    expect(server.report.rows).toHaveLength(count)
  })
})

it('covers the 247 cases of groups 1 to 7 and 10', () => {
  expect(catalogue.filter(({ id }) => /^([1-7]|10)\./.test(id))).toHaveLength(247)
})

async function fuzzing(cases: readonly string[]): Promise<FuzzingServer> {
  const server = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases })
  ends.push(() => server.close())
  return server
}

async function wsServer(): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true })
  server.on('connection', echo)
  await once(server, 'listening')
  ends.push(async () => {
    for (const client of server.clients) client.terminate()
    await new Promise(resolve => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `ws://127.0.0.1:${address.port}`
}

/** Connects, echoes until the end, and returns the last message. */
async function visit(url: string): Promise<string> {
  const ws = new WebSocket(url)
  let last = ''
  ws.on('message', data => {
    last = String(data)
  })
  if (url.includes('/runCase')) echo(ws)
  else ws.on('error', () => {})
  await new Promise(resolve => ws.once('close', resolve))
  return last
}

function echo(ws: WebSocket): void {
  ws.on('error', () => {})
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }))
}

/** Returns the verdicts that are not OK; both where they differ. */
function notOk({ rows }: Report): Record<string, string> {
  const others = rows.filter(({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK')
  return Object.fromEntries(
    others.map(({ id, behavior, behaviorClose }) => [
      id,
      ['OK', behavior].includes(behaviorClose) ? behavior : `${behavior}/${behaviorClose}`,
    ]),
  )
}

/**
 * Tests what `node:http` does with the body of an upgrade request: Node 26 reads it, older versions pass it on as data after the upgrade.
 */
async function nodeReadsBodiesOfUpgrades(): Promise<boolean> {
  const server = http.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbodyrest')
  const [, socket, head] = (await once(server, 'upgrade')) as [http.IncomingMessage, net.Socket, Buffer]
  socket.destroy()
  client.destroy()
  server.close()
  return !head.includes('body')
}
