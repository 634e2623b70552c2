// A primary process that does not call clusterBus, whose worker does, and prints what becomes of that.
import cluster from 'node:cluster'
import { clusterBus } from '../../../../dist/index.js'

if (cluster.isPrimary) cluster.fork()
else {
  await clusterBus().catch(({ name, reason, message }) => console.log(`${name} ${reason}: ${message}`))
  process.exit()
}
