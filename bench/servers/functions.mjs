// The function style, as the README shows it.
import { readFileSync } from 'node:fs'
import { serve } from '../../packages/websocket/dist/index.js'
import { serving, wanted } from './serving.mjs'

const { tls } = wanted
const listener = await serve(
  { host: '127.0.0.1', port: 0, ...(tls && { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } }) },
  async ws => {
    for await (const message of ws) await ws.send(message)
  },
)
serving(listener.port)
