// Octets of all values from a worker to the primary process and back, with the serialization that is named; prints what came.
import cluster from 'node:cluster'
import { clusterBus } from '../../../../dist/index.js'

const octets = Uint8Array.from({ length: 256 }, (_, value) => value)
if (cluster.isPrimary) {
  cluster.setupPrimary({ serialization: process.argv[2] })
  const bus = await clusterBus()
  await bus.subscribe('up', async received => {
    await bus.publish('down', received)
  })
  cluster.fork()
  cluster.on('exit', () => process.exit())
} else {
  const bus = await clusterBus()
  await bus.subscribe('down', received => {
    const isPlain = Object.getPrototypeOf(received) === Uint8Array.prototype
    console.log(JSON.stringify({ isSame: Buffer.compare(received, octets) === 0, isPlain }))
    process.exit()
  })
  await bus.publish('up', octets)
}
