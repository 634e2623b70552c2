// A worker whose participants of the bus do what the primary process asks for, each with an answer.
import { clusterBus } from '../../../../dist/index.js'

const buses = new Map()
const subscriptions = new Map()

const calls = {
  async connect({ bus }) {
    buses.set(bus, await clusterBus({ onError: () => undefined }))
  },
  publish: ({ bus, subject, octets }) => buses.get(bus).publish(subject, octets === undefined ? undefined : Buffer.from(octets, 'base64')),
  async subscribe({ bus, subscription, pattern, hasHandler, throws }) {
    const handler = (octets, subject) => {
      process.send({
        delivered: subscription,
        subject,
        isPlain: Object.getPrototypeOf(octets) === Uint8Array.prototype,
        octets: Buffer.from(octets).toString('base64'),
      })
      if (throws) throw new Error('of a handler')
    }
    subscriptions.set(subscription, await buses.get(bus).subscribe(pattern, hasHandler ? handler : undefined))
  },
  unsubscribe: ({ subscription }) => subscriptions.get(subscription).unsubscribe(),
  close: ({ bus }) => buses.get(bus).close(),
  nothing: () => undefined,
}

process.on('message', async ({ call, number, ...parameters }) => {
  if (call === undefined) return
  try {
    await calls[call](parameters)
    process.send({ answered: number })
  } catch (error) {
    process.send({ answered: number, error: { name: error.name, message: error.message, reason: error.reason } })
  }
})
process.send({ isReady: true })
