// @ts-check
// A hundred dashboards that watch the sensors of service.mjs: some one topic, some a whole room by prefix, some one kind in all rooms by
// wildcard. Run it after the service: node examples/wamp/sensors/client.mjs. Port of the router: the first argument, 9000 by default.
import { connect } from '@autobahn-ts/wamp'

const url = /** @type {const} */ (`ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`)
const dashboards = await Promise.all(Array.from({ length: 100 }, () => connect(url, { realm: 'realm1' })))
const [first, ...others] = dashboards
if (first === undefined) throw new Error('there are no dashboards')

// A subscriber that comes late gets the last event of a topic at once.
const last = await new Promise(resolve => {
  first.subscribe('com.example.sensor.kitchen.temperature', ({ args, details }) => resolve({ args, retained: details.retained }), {
    getRetained: true,
  })
})
console.log('the last temperature in the kitchen:', last)

/** @type {[topic: string, match: 'exact' | 'prefix' | 'wildcard'][]} */
const interests = [
  ['com.example.sensor.attic.temperature', 'exact'],
  ['com.example.sensor.cellar.', 'prefix'],
  ['com.example.sensor..humidity', 'wildcard'],
]
const counts = [0, 0, 0]
/** @type {Set<string>} */
const topics = new Set()
// 33 dashboards for each interest. One round makes 1, 2 and 3 events for each of them.
let missing = 33 * (1 + 2 + 3)
let complete = () => {}
const completed = new Promise(resolve => {
  complete = () => resolve(undefined)
})
await Promise.all(
  others.map((dashboard, at) => {
    const interest = at % interests.length
    const [topic, match] = interests[interest] ?? ['', 'exact']
    const seen = (/** @type {import('@autobahn-ts/wamp').WampEvent} */ event) => {
      counts[interest] = (counts[interest] ?? 0) + 1
      topics.add(event.topic)
      if (--missing === 0) complete()
    }
    return dashboard.subscribe(topic, seen, { match })
  }),
)

console.log('round', await first.call('com.example.sensor.measure'))
await completed
for (const [at, [topic, match]] of interests.entries()) console.log(`${topic} (${match}): ${counts[at]} events`)
console.log(`${topics.size} topics were seen`)

await Promise.all(dashboards.map(dashboard => dashboard.close()))
