// @ts-check
// Logs in by HTTP, then connects with the cookie of the session. Port: the first argument.
import { connect } from '@autobahn-ts/websocket'

const place = `127.0.0.1:${process.argv[2] ?? 9000}`

const response = await fetch(`http://${place}/login?user=alice`)
const [cookie = ''] = response.headers.getSetCookie()
const ws = await connect(`ws://${place}/`, { headers: { Cookie: cookie.split(';')[0] ?? '' } })
console.log(await ws.receive())
await ws.close()

await connect(`ws://${place}/`).catch(error => console.log(`without the cookie: ${error.status}`))
