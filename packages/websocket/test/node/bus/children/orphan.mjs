// A worker whose primary process ends: prints what its bus says then.
import cluster from 'node:cluster'
import { writeFileSync } from 'node:fs'
import { clusterBus } from '../../../../dist/index.js'

if (cluster.isPrimary) {
  await clusterBus()
  cluster.fork()
  cluster.on('message', (_worker, message) => {
    if (message === 'ready') process.kill(process.pid, 'SIGKILL')
  })
} else {
  const bus = await clusterBus()
  // The cluster ends a worker whose primary process is gone.
  process.exit = () => undefined
  process.once('disconnect', async () => {
    const outcomes = await Promise.allSettled([bus.publish('a', new Uint8Array(1)), bus.subscribe('a', () => undefined)])
    const reasons = outcomes.map(({ reason }) => `${reason.name} ${reason.reason}`)
    writeFileSync(process.argv[2], JSON.stringify({ isConnected: bus.isConnected, reasons }))
    process.kill(process.pid, 'SIGKILL')
  })
  process.send('ready')
}
