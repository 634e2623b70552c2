// @ts-check
// A calculator whose errors carry details.
import { listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'
import { Calculator, calculatorUri, operations } from './calculator.mjs'

const calculator = new Calculator()

class Server extends WampServerProtocol {
  onSessionOpen() {
    for (const operation of operations) this.registerMethodForRpc(calculatorUri + operation, calculator, operation)
  }

  // Hooks are called for each call.
  /**
   * @param {unknown} result
   * @param {import('@autobahn-ts/wamp/v1').Call} call
   */
  onAfterCallSuccess(result, call) {
    console.log(`${this.shrink(call.uri)}(${call.args.join(', ')}) = ${result}`)
    return result
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
