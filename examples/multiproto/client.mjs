// @ts-check
// Asks each service once, and one that does not exist.
import { connect } from '@autobahn-ts/websocket'

const port = Number(process.argv[2] ?? 9000)

for (const path of ['/echo', '/reverse', '/count', '/nothing']) {
  try {
    const ws = await connect(`ws://127.0.0.1:${port}${path}`)
    await ws.send('stressed')
    console.log(path, '->', await ws.receive())
    await ws.close()
  } catch (error) {
    // A refusal has the status of the server's response.
    const { name, status } = /** @type {import('@autobahn-ts/websocket').HandshakeFailed} */ (error)
    console.log(path, '->', name, status)
  }
}
