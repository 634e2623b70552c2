// A client that awaits its second session, and nothing else.
import { connectWamp } from '../../../dist/node/v1.js'

let sessions = 0
await new Promise((resolve, reject) => {
  const onSession = client => {
    console.log(`session ${++sessions}`)
    if (sessions === 2) void client.close().then(resolve)
  }
  connectWamp(process.argv[2], { onSession, reconnect: { initialDelay: 0.2, maxDelay: 0.2 } }).catch(reject)
})
