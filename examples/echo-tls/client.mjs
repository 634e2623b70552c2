// @ts-check
// The client always checks the server's certificate, and its name. This certificate is self-signed, so it is its own authority.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '@autobahn-ts/websocket'

const port = Number(process.argv[2] ?? 9000)
const folder = process.argv[3] ?? import.meta.dirname

const ws = await connect(`wss://localhost:${port}`, { tls: { ca: readFileSync(join(folder, 'certificate.pem')) } })
await ws.send('hello over TLS')
console.log(await ws.receive())
await ws.close()

// Without it the connection fails, and the error says why.
const refusal = await connect(`wss://localhost:${port}`).catch(error => error)
console.log(refusal.name, refusal.cause?.code)
