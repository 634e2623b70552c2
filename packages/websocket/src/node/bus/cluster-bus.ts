import { type BusOptions, busOptions } from '../../bus/in-process-bus.ts'
import type { ClosableBus } from '../../bus/linked-bus.ts'
import { checkOptions } from '../../protocol/checks/check-options.ts'

/**
 * Makes a bus over the messages between the processes of `node:cluster`. Call it in the primary process, which passes messages on from then
 * until it ends, and in each worker. The primary process is a participant too.
 *
 * Rejects with `ApiMisuse` for options that do not exist, and in a worker with `BusError` if the primary process does not answer within 5 s.
 */
export async function clusterBus(options: BusOptions = {}): Promise<ClosableBus> {
  checkOptions<BusOptions>(options, busOptions, 'clusterBus')
  const { default: cluster } = await import('node:cluster')
  if (!cluster.isPrimary) return (await import('./cluster-worker.ts')).workerBus(options)
  return (await import('./cluster-primary.ts')).primaryBus(cluster, options)
}
