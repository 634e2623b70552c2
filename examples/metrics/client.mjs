// @ts-check
// Makes something to count: a few messages, and a connection that is refused.
import { connect, HandshakeFailed } from '@autobahn-ts/websocket'

const url = `ws://127.0.0.1:${process.argv[2] ?? 9000}`
const ws = await connect(url, { headers: { Authorization: 'Bearer let-me-in' } })
for (const text of ['one', 'two', 'three']) {
  await ws.send(text)
  console.log(await ws.receive())
}
await ws.close()

try {
  await connect(url)
} catch (error) {
  if (!(error instanceof HandshakeFailed)) throw error
  console.log(`refused with ${error.status}`)
}
