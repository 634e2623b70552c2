// @ts-check
// Receives files by progressive invocations: one call, whose chunks arrive one after the other, so that a file of any size takes little
// memory. After each chunk it tells how much it has, and its result is the digest of all. Needs a router: node examples/wamp/router.mjs. Then:
// node examples/wamp/file-transfer/service.mjs. Port of the router: the first argument, 9000 by default.
import { createHash } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@autobahn-ts/wamp'
import { MsgpackSerializer } from '@autobahn-ts/wamp/protocol'

const folder = await mkdtemp(join(tmpdir(), 'autobahn-ts-received-'))

// MessagePack has octets; JSON would carry them as base64.
const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, {
  realm: 'realm1',
  retryFirst: true,
  serializers: [new MsgpackSerializer()],
})

let number = 0
await client.register('com.example.upload', async function* ({ args: [name], chunks }) {
  // The name of the file is not that of the caller, which could be the path of another file.
  const file = await open(join(folder, `${++number}`), 'wx')
  const hash = createHash('sha256')
  let received = 0
  try {
    // Throws where the caller gives up, or is gone.
    for await (const chunk of chunks) {
      const octets = /** @type {Uint8Array} */ (chunk)
      hash.update(octets)
      await file.writeFile(octets)
      received += octets.length
      yield received
    }
    console.log(`received ${name}: ${received} octets`)
    return hash.digest('hex')
  } finally {
    await file.close()
  }
})
process.once('SIGTERM', async () => {
  await client.close()
  await rm(folder, { recursive: true })
})

console.log('ready')
