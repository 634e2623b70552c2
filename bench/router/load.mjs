// The load: raw sockets and the libraries of the serializers. Each result and each event is checked.
import { createInterface } from 'node:readline'
import { calls, events, idle } from './load-orders.mjs'

const orders = { calls, events, idle }

createInterface({ input: process.stdin })
  .on('line', async line => {
    const order = JSON.parse(line)
    try {
      console.log(JSON.stringify(await orders[order.order](order)))
    } catch (error) {
      console.log(JSON.stringify({ error: error.message }))
    }
  })
  .on('close', () => process.exit())
