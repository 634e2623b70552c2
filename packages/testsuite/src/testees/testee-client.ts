import { connect, connectWS, HandshakeFailed, permessageDeflate, WebSocketClientFactory } from '@autobahn-ts/websocket'
import { EchoClient } from './echo.ts'

export interface TesteeClientOptions {
  /** Of the fuzzing server. */
  readonly url: string
  /** How reports call it; `autobahn-ts` where not said. */
  readonly agent?: string
  /** How many cases it asks for at once; 8 where not said. */
  readonly concurrency?: number
}

/** This library as a client to be tested: it asks a fuzzing server how many cases there are, runs each, and asks for the report. Gives the number of cases. */
export async function testeeClient({ url, agent = 'autobahn-ts', concurrency = 8 }: TesteeClientOptions): Promise<number> {
  const count = await caseCount(url)
  const name = encodeURIComponent(agent)
  let next = 1
  const runner = async (): Promise<void> => {
    while (next <= count) await runCase(`${url}/runCase?case=${next++}&agent=${name}`)
  }
  await Promise.all(Array.from({ length: concurrency }, runner))
  const reports = await connect(`${url}/updateReports?agent=${name}`)
  await reports.closed
  return count
}

async function caseCount(url: string): Promise<number> {
  const ws = await connect(`${url}/getCaseCount`)
  const answer = await ws.receive()
  await ws.closed
  const count = Number(answer)
  if (!Number.isSafeInteger(count) || count < 0)
    throw new Error(`the number of cases should be a number, and is ${String(answer).slice(0, 100)}`)
  return count
}

/** A case that this client fails is the server's to tell; here it is the end of a connection like any other. */
async function runCase(url: string): Promise<void> {
  try {
    const client = await connectWS(new WebSocketClientFactory(url, { protocol: EchoClient, extensions: [permessageDeflate()] }))
    await client.closed
  } catch (error) {
    if (!(error instanceof HandshakeFailed)) throw error
  }
}
