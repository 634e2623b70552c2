// @ts-check
// Sends a file to service.mjs in one call, chunk by chunk, and never more than eight chunks ahead of the service. Run it after the service:
// node examples/wamp/file-transfer/client.mjs. First argument: port of the router, 9000 by default; second: the file, this program by default.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/wamp'
import { MsgpackSerializer } from '@autobahn-ts/wamp/protocol'

const [port = 9000, path = fileURLToPath(import.meta.url)] = process.argv.slice(2)
const client = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1', serializers: [new MsgpackSerializer()] })

const chunkSize = 64 * 1024
let sent = 0
let received = 0
let moved = () => {}

// The router would pass on chunks as fast as they are sent, and a service that falls far behind ends the call. So this waits for it.
async function* chunks() {
  for await (const chunk of createReadStream(path, { highWaterMark: chunkSize })) {
    while (sent - received >= 8 * chunkSize) {
      await new Promise(resolve => {
        moved = () => resolve(undefined)
      })
    }
    sent += chunk.length
    yield new Uint8Array(chunk)
  }
}

const upload = client.stream('com.example.upload', [basename(path)], {}, { chunks: chunks() })
let answers = 0
for await (const count of upload) {
  received = Number(count)
  answers++
  moved()
}
const digest = await upload.result
const own = createHash('sha256')
  .update(await readFile(path))
  .digest('hex')
console.log(`${received} octets in ${answers} chunks, ${digest === own ? 'the same' : 'another'} digest`)
await client.close()
