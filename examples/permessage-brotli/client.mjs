// @ts-check
// Sends similar messages, which compress well because each refers back to earlier ones, and one without compression.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'
import { permessageBrotli } from './permessage-brotli.mjs'

const count = 1000

class Sensor extends WebSocketClientProtocol {
  #returned = 0

  onOpen() {
    for (const { name, parameters } of this.extensions) console.log(name, Object.fromEntries(parameters))
    for (let number = 1; number <= count; number++) this.sendMessage(reading(number))
    this.sendMessage(`secret ${'*'.repeat(100)}`, false, { doNotCompress: true })
  }

  /** @param {string} text */
  onTextMessage(text) {
    if (text.startsWith('secret')) return this.#finish()
    const message = JSON.parse(text)
    if (message.event === 'arrival') console.log('here:', message.here)
    else if (text === reading(this.#returned + 1)) this.#returned++
  }

  #finish() {
    const { outgoingCompressionRatio = 1 } = this.trafficStats
    console.log(`${this.#returned} of ${count} came back, sent in less than a quarter of their octets: ${outgoingCompressionRatio < 0.25}`)
    this.sendClose(1000)
  }
}

/** @param {number} number */
function reading(number) {
  return JSON.stringify({ sensor: 'north-tower-4', number, celsius: 20 + (number % 7) / 10, unit: 'celsius', state: 'in good order' })
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Sensor, extensions: [permessageBrotli()] }
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, options))
await client.closed
