import type { ConnectionOptions } from 'node:tls'
import {
  anyValue,
  checkOptions,
  connect,
  connectWS,
  HandshakeFailed,
  permessageDeflate,
  WebSocketClientFactory,
} from '@autobahn-ts/websocket'
import { EchoClient } from './echo.ts'

export interface TesteeClientOptions {
  /** Of the fuzzing server. */
  readonly url: string
  /** How reports call it; `autobahn-ts` where not said. */
  readonly agent?: string
  /** How many cases it asks for at once; 8 where not said. */
  readonly concurrency?: number
  /** For `wss:`, as `connect` takes it: `ca`, `cert`, `key`, `rejectUnauthorized`. */
  readonly tls?: ConnectionOptions
}

/** This library as a client to be tested: it asks a fuzzing server how many cases there are, runs each, and asks for the report. Gives the number of cases. */
export async function testeeClient(options: TesteeClientOptions): Promise<number> {
  checkOptions<TesteeClientOptions>(options ?? null, checks, 'testeeClient')
  const { url, agent = 'autobahn-ts', concurrency = 8, tls = {} } = options
  const count = await caseCount(url, tls)
  const name = encodeURIComponent(agent)
  let next = 1
  const runner = async (): Promise<void> => {
    while (next <= count) await runCase(`${url}/runCase?case=${next++}&agent=${name}`, tls)
  }
  await Promise.all(Array.from({ length: concurrency }, runner))
  const reports = await connect(`${url}/updateReports?agent=${name}`, { tls })
  await reports.closed
  return count
}

const checks = { url: anyValue, agent: anyValue, concurrency: anyValue, tls: anyValue }

async function caseCount(url: string, tls: ConnectionOptions): Promise<number> {
  const ws = await connect(`${url}/getCaseCount`, { tls })
  const answer = await ws.receive()
  await ws.closed
  const count = Number(answer)
  if (!Number.isSafeInteger(count) || count < 0)
    throw new Error(`the number of cases should be a number, and is ${String(answer).slice(0, 100)}`)
  return count
}

/** A case that this client fails is the server's to tell; here it is the end of a connection like any other. */
async function runCase(url: string, tls: ConnectionOptions): Promise<void> {
  try {
    const factory = new WebSocketClientFactory(url, { protocol: EchoClient, extensions: [permessageDeflate()] })
    const client = await connectWS(factory, { tls })
    await client.closed
  } catch (error) {
    if (!(error instanceof HandshakeFailed)) throw error
  }
}
