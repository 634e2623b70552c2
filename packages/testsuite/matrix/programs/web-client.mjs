// The `WebSocket` of browsers: that of the runtime, or undici's in Node.
import process from 'node:process'
import { runCases } from './run-cases.mjs'

const WebSocket = 'Bun' in globalThis || 'Deno' in globalThis ? globalThis.WebSocket : (await import('undici')).WebSocket
const [url, agent] = process.argv.slice(2)

await runCases(url, agent, (address, onMessage) => {
  const ws = new WebSocket(address)
  ws.binaryType = 'arraybuffer'
  ws.onmessage = ({ data }) => {
    onMessage(data)
    if (address.includes('/runCase')) ws.send(data)
  }
  return new Promise(resolve => {
    ws.onclose = resolve
  })
})
process.exit(0)
