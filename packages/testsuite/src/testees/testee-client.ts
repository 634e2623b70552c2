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
  /** The address of the fuzzing server. */
  readonly url: string
  /** The name of this client in reports. Default: `autobahn-ts`. */
  readonly agent?: string
  /** The number of cases that it asks for at the same time. Default: 8. */
  readonly concurrency?: number
  /** The TLS options for `wss:`, as `connect` takes them: `ca`, `cert`, `key`, `rejectUnauthorized`. */
  readonly tls?: ConnectionOptions
}

/**
 * Runs this library as a client to be tested: asks a fuzzing server for the number of cases, runs each, and asks for the report. Returns
 * the number of cases.
 */
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
    throw new Error(`the number of cases should be a number, not ${String(answer).slice(0, 100)}`)
  return count
}

/** Runs one case. The server reports a failed case; for this client it is an ordinary end of a connection. */
async function runCase(url: string, tls: ConnectionOptions): Promise<void> {
  try {
    const factory = new WebSocketClientFactory(url, { protocol: EchoClient, extensions: [permessageDeflate()] })
    const client = await connectWS(factory, { tls })
    await client.closed
  } catch (error) {
    if (!(error instanceof HandshakeFailed)) throw error
  }
}
