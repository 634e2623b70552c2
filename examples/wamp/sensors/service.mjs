// @ts-check
// Sensors of a building: publishes a temperature and a humidity of each room, each under a topic of its own, com.example.sensor.ROOM.KIND.
// The router sends an event to all who have subscribed, and keeps the last one for those who come later. Needs a router:
// node examples/wamp/router.mjs. Then: node examples/wamp/sensors/service.mjs. Port of the router: the first argument, 9000 by default.
import { connect } from '@autobahn-ts/wamp'

const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1', retryFirst: true })
const rooms = ['attic', 'cellar', 'kitchen']

let round = 0
async function measure() {
  round++
  for (const [at, room] of rooms.entries()) {
    // Confirmed by the router, which has then sent it to all subscribers. Without `acknowledge`, publishing costs one message and no waiting.
    await client.publish(`com.example.sensor.${room}.temperature`, [12 + 4 * at], { round }, { acknowledge: true, retain: true })
    await client.publish(`com.example.sensor.${room}.humidity`, [70 - 10 * at], { round }, { acknowledge: true, retain: true })
  }
  return round
}

// Real sensors have a clock of their own; these measure when they are asked to.
await client.serve({ 'com.example.sensor.measure': measure })
await measure()
process.once('SIGTERM', () => client.close())

console.log('ready')
