// @ts-check
// Prints three ticks.
import { connect } from '@autobahn-ts/websocket'

const port = Number(process.argv[2] ?? 9000)
const ws = await connect(`ws://127.0.0.1:${port}`)

let missing = 3
for await (const message of ws) {
  console.log(message)
  if (--missing === 0) break
}
await ws.close()
