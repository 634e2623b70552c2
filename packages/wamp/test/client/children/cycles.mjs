// Opens sessions, uses each of them, and loses it. Prints the heap in KiB after each thousand, as JSON. Run with --expose-gc.
import { memoryRouter } from '@autobahn-ts/router/testing'
import { joined } from '@autobahn-ts/wamp/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'

const clock = new FakeClock()
const { router } = memoryRouter({ clock })
const heaps = []
for (let n = 1; n <= Number(process.argv[2]); n++) {
  let transport
  const onDial = dialled => {
    transport = dialled
  }
  const client = await joined({ router, clock, reconnect: false, onDial })
  await settled(client.register('com.example.add', ({ args: [a] }) => a))
  await settled(client.subscribe('com.example.tick', () => {}))
  await settled(client.call('com.example.add', [1]))
  const lost = client.call('com.example.add', [2]).catch(error => error.mayHaveRun)
  transport.abort('a test')
  await clock.settle()
  if ((await lost) !== true) throw new Error('the call was not lost')
  await client.closed
  if (n % 1000 > 0) continue
  globalThis.gc()
  globalThis.gc()
  heaps.push(Math.round(process.memoryUsage().heapUsed / 1024))
}
console.log(JSON.stringify({ heaps, timers: clock.pending }))

async function settled(promise) {
  await clock.settle()
  return promise
}
