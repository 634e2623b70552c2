import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { catalogue } from '../../src/cases/catalogue.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { type FuzzingServer, fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { compressionFigures } from '../../src/report/figures.ts'
import type { Report } from '../../src/report/report-writer.ts'
import { testeeClient } from '../../src/testees/testee-client.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'

/** Groups 1 to 7 and 10 whole. */
const plain = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*']
/** The same, and something of every subgroup of 9, 12 and 13. */
const thinned = ['thinned']
const informational = { '7.1.6': 'INFORMATIONAL', '7.13.1': 'INFORMATIONAL', '7.13.2': 'INFORMATIONAL' }
const late = { '6.4.1': 'NON-STRICT', '6.4.2': 'NON-STRICT', '6.4.3': 'NON-STRICT', '6.4.4': 'NON-STRICT' }
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
})

/** Every message of the thinned choice is long enough to be compressed, and the context is kept wherever it may be. */
const wellCompressed = { cases: 12, messages: 12_000, compressedMessages: 12_000, mayKeepContext: 8, keptContext: 8 }

describe('ws gets the verdicts that are known of it', () => {
  it('as a server', async () => {
    const url = await wsServer()
    const report = await fuzzingClient({ servers: [{ agent: 'ws', url }], cases: plain })
    expect(notOk(report)).toEqual({ ...late, ...informational })
    expect(report.rows).toHaveLength(247)
  })

  it('as a server with its limits, which are named', async () => {
    const url = await wsServer()
    const limits = ['9.3.1', '9.3.2', '9.4.1', '9.4.2']
    const report = await fuzzingClient({ servers: [{ agent: 'ws', url }], cases: [...limits, '9.3.3', '13.3.6'] })
    const { rows } = report
    expect(rows.filter(({ behavior }) => behavior === 'FAILED').map(({ id }) => id)).toEqual(limits)
    expect(rows.filter(({ isLimit, remoteCloseCode }) => isLimit === true && remoteCloseCode === 1008).map(({ id }) => id)).toEqual(limits)
    expect(rows.filter(({ behavior }) => behavior === 'OK')).toHaveLength(2)
  })

  it('as a client, with the loop that every client has', async () => {
    const server = await fuzzing(plain)
    const count = Number(await visit(`${server.url}/getCaseCount`))
    const numbers = Array.from({ length: count }, (_, n) => n + 1)
    // Eight at a time, so that the cases with pauses do not add up.
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

it('has the groups whose verdicts these are', () => {
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

/** Connects, echoes until the end, and gives the last message. */
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

/** The verdicts that are not OK; both where they differ. */
function notOk({ rows }: Report): Record<string, string> {
  const others = rows.filter(({ behavior, behaviorClose }) => behavior !== 'OK' || behaviorClose !== 'OK')
  return Object.fromEntries(
    others.map(({ id, behavior, behaviorClose }) => [
      id,
      ['OK', behavior].includes(behaviorClose) ? behavior : `${behavior}/${behaviorClose}`,
    ]),
  )
}
