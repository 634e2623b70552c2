// This library as a client in function style, with its defaults and permessage-deflate.
import { connect, permessageDeflate } from '@autobahn-ts/websocket'
import { runCases } from './run-cases.mjs'

const [url, agent] = process.argv.slice(2)

await runCases(url, agent, async (address, onMessage) => {
  try {
    const ws = await connect(address, { extensions: [permessageDeflate()] })
    for await (const message of ws) {
      onMessage(String(message))
      if (address.includes('/runCase')) await ws.send(message)
    }
  } catch {
    // A case in which the connection is lost is over like any other.
  }
})
