// @ts-check
// Calculates, and also tries calculations that fail.
import { connectWamp, RpcError } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
const client = await connectWamp(`ws://127.0.0.1:${port}`)
client.prefix('calculator', 'http://example.com/calculator#')
client.prefix('error', 'http://example.com/calculator/error#')

await calculate('add', 23, 7)
await calculate('divide', 1, 8)
await calculate('divide', 5, 0)
await calculate('root', -2)
await calculate('multiply', 'two', 2)
await calculate('power', 2, 8)

await client.close()

/**
 * @param {string} operation
 * @param {unknown[]} operands
 */
async function calculate(operation, ...operands) {
  try {
    console.log(`${operation} ${operands.join(' ')}: ${await client.call(`calculator:${operation}`, ...operands)}`)
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    // The URI comes back in full, whatever prefixes the two sides use.
    console.log(`${operation} ${operands.join(' ')}: ${error.uri}: ${error.description}`, error.details ?? '')
  }
}
