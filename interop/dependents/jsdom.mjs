// jsdom: the WebSocket of its windows.
import { once } from 'node:events'
import { JSDOM } from 'jsdom'
import { WebSocketServer } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'chat' })
await once(server, 'listening')
server.on('connection', (socket, request) => {
  socket.send(`${request.headers.origin} ${request.headers.cookie}`)
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
const { window } = new JSDOM('', { url: 'http://page.example/' })
window.document.cookie = 'a=b'
const socket = new window.WebSocket(`ws://127.0.0.1:${server.address().port}/x`, ['chat', 'other'])
socket.binaryType = 'arraybuffer'
const received = []
const all = new Promise(resolve => {
  socket.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : [...new Uint8Array(data)]) === 3 && resolve()
})
await new Promise(resolve => {
  socket.onopen = resolve
})
did('opens with a subprotocol', [socket.readyState, socket.protocol], [1, 'chat'])
socket.send('text')
socket.send(new Uint8Array([1, 2, 3]))
await all
did('sends its origin, and echoes texts and octets', received.slice(1), ['text', [1, 2, 3]])
did('has the origin of the page', received[0].startsWith('http://page.example '), true)
const end = new Promise(resolve => {
  socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean])
})
socket.close(3001, 'done')
did('closes', await end, [3001, 'done', true])
window.close()
server.close()
provesDropIn('jsdom')
