// ws as a server; `lifted` removes its limits.
import { WebSocketServer } from 'ws'

const limits = process.argv[2] === 'lifted' ? { maxPayload: 0, maxFragments: 0, maxBufferedChunks: 0 } : {}
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true, ...limits })
server.on('connection', ws => {
  ws.on('error', () => {})
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }))
})
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}`))
