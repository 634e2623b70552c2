// @ts-check
// Connects until it has reached two processes; what it says to one of them is heard in both.
import { connect } from '@autobahn-ts/websocket'

const url = `ws://127.0.0.1:${process.argv[2] ?? 9000}`

/** @type {Map<string, import('@autobahn-ts/websocket').Connection>} */
const byProcess = new Map()
while (byProcess.size < 2) {
  const ws = await connect(url)
  const [, pid = ''] = /process (\d+)/.exec(String(await ws.receive())) ?? []
  if (byProcess.has(pid)) await ws.close()
  else byProcess.set(pid, ws)
}

const [first, second] = [...byProcess.values()]
await first?.send('hello')
console.log(`the same process: ${withoutPid(await first?.receive())}`)
console.log(`another process: ${withoutPid(await second?.receive())}`)
for (const ws of byProcess.values()) await ws.close()

/** @param {unknown} message */
function withoutPid(message) {
  return String(message).replace(/^\d+: /, '')
}
