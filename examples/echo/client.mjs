// @ts-check
// Sends a text and a binary message, and prints the echoes.
import { connect } from '@autobahn-ts/websocket'

const port = Number(process.argv[2] ?? 9000)
const ws = await connect(`ws://127.0.0.1:${port}`)

await ws.send('hello')
console.log('text:', await ws.receive())

await ws.send(Uint8Array.of(1, 2, 3))
console.log('binary:', await ws.receive())

const { code, wasClean } = await ws.close()
console.log(`closed with ${code}, ${wasClean ? 'clean' : 'not clean'}`)
