// @ts-check
// One process of the measured server: answers each message with work of about a third of a millisecond, as an application has it.
import { createHash } from 'node:crypto'
import { serve } from '@autobahn-ts/websocket'
import { sharedPort } from './shared-port.mjs'

const document = new Uint8Array(512 * 1024)
const { PORT, WAY } = process.env

await serve({ host: '127.0.0.1', port: Number(PORT), ...(WAY === 'reusePort' ? sharedPort() : {}) }, async ws => {
  await ws.send(String(process.pid))
  for await (const message of ws) await ws.send(createHash('sha256').update(document).update(message).digest())
})
process.send?.({ isListening: true })
