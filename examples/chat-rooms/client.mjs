// @ts-check
// Logs two people in, who talk in one room; a third is in another room, and hears nothing of it. Port: the first argument.
import { connect } from '@autobahn-ts/websocket'

const place = `127.0.0.1:${process.argv[2] ?? 9000}`

/** @param {string} name @param {string} room */
async function enter(name, room) {
  const response = await fetch(`http://${place}/login?name=${name}`)
  const [cookie = ''] = response.headers.getSetCookie()
  const ws = await connect(`ws://${place}/room/${encodeURIComponent(room)}`, { headers: { Cookie: cookie.split(';')[0] ?? '' } })
  await ws.receive() // oneself has joined
  return ws
}

const ann = await enter('ann', 'blue room')
const eve = await enter('eve', 'green')
const bob = await enter('bob', 'blue room')
await bob.send('hello')
await bob.receive()
await bob.close()
for (let i = 0; i < 3; i++) console.log(await ann.receive())
await ann.close()
await eve.send('anybody?')
console.log(await eve.receive())
await eve.close()

for (const path of ['/room/blue', '/room', '/room/%ff']) {
  await connect(`ws://${place}${path}`).catch(error => console.log(`${path}: ${error.status}`))
}
