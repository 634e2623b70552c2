// ws as a client; `lifted` removes its limits.
import { WebSocket } from 'ws'
import { runCases } from './run-cases.mjs'

const [url, agent, limits] = process.argv.slice(2)
const options = limits === 'lifted' ? { maxPayload: 0, maxFragments: 0, maxBufferedChunks: 0 } : {}

await runCases(url, agent, (address, onMessage) => {
  const ws = new WebSocket(address, options)
  ws.on('error', () => {})
  ws.on('message', (data, isBinary) => {
    onMessage(String(data))
    if (address.includes('/runCase')) ws.send(data, { binary: isBinary })
  })
  return new Promise(resolve => ws.on('close', resolve))
})
