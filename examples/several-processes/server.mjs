// @ts-check
// A chat in several processes at one port. A message reaches the members in all of them, over a bus.
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { Channel, clusterBus, serve } from '@autobahn-ts/websocket'
import { canReusePort, sharedPort } from './shared-port.mjs'

const port = Number(process.argv[2] ?? 9000)
if (cluster.isPrimary) await supervise(Math.max(2, availableParallelism()))
else await work()

/**
 * Starts the workers and replaces those that end by themselves.
 *
 * @param {number} count
 */
async function supervise(count) {
  // Passes messages between the workers from now on.
  const bus = await clusterBus()
  let isEnding = false
  let ready = 0
  cluster.on('message', (_worker, message) => {
    if (message?.isListening !== true || ++ready !== count) return
    console.log(`listening at ws://127.0.0.1:${port}, ${count} processes by ${canReusePort() ? 'reusePort' : 'node:cluster'}`)
  })
  cluster.on('exit', () => {
    if (!isEnding) cluster.fork()
  })
  for (let i = 0; i < count; i++) cluster.fork()

  process.once('SIGTERM', async () => {
    isEnding = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
    await bus.close()
  })
}

async function work() {
  const bus = await clusterBus()
  const everybody = new Channel({ bus, name: 'everybody' })
  const listener = await serve({ host: '127.0.0.1', port, ...sharedPort() }, async ws => {
    await everybody.join(ws).joined
    await ws.send(`you are with process ${process.pid}`)
    for await (const message of ws) everybody.broadcast(`${process.pid}: ${message}`)
  })
  process.send?.({ isListening: true })

  process.once('SIGTERM', async () => {
    await listener.close()
    await bus.close()
    process.disconnect()
  })
}
