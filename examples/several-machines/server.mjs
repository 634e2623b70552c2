// @ts-check
// A chat that spans machines: a room for each path, over NATS.
import { natsBus } from '@autobahn-ts/nats'
import { Channels, serve } from '@autobahn-ts/websocket'

const port = Number(process.argv[2] ?? 9000)
const servers = process.argv[3] ?? 'nats://127.0.0.1:4222'

const bus = await natsBus({ servers, prefix: 'chat', onGap: ({ subject, missing }) => tellLoss(subject, missing) })
const rooms = new Channels({ bus, name: 'rooms' })

const listener = await serve({ host: '127.0.0.1', port }, async ws => {
  const room = rooms.get(ws.request.path)
  await room.join(ws).joined // from now on nothing is missed
  await ws.send(`welcome to ${ws.request.path}`)
  for await (const message of ws) {
    const { remote } = room.broadcast(message, { except: ws })
    if (remote === 'unreachable') await ws.send('(only members of this server can hear you)')
  }
})
process.once('SIGTERM', async () => {
  await listener.close()
  await bus.close()
})

console.log(`listening at ws://127.0.0.1:${listener.port}, over ${servers}`)

/**
 * Tells the members of a room in this process that they have missed something. With `to`, nothing goes to the bus.
 *
 * @param {string} subject
 * @param {number | 'unknown'} missing
 */
function tellLoss(subject, missing) {
  const room = rooms.get(subject.slice('rooms.'.length))
  room.broadcast(missing === 'unknown' ? '(messages may be missing)' : `(${missing} messages are missing)`, { to: room })
}
