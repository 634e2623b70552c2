// @ts-check
// Handlers decide who may subscribe to a topic and which events may be published; one handler serves all topics of a prefix.
import { listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Weather {
  /**
   * Decides on a subscription. `prefix` is the registered part of the topic, `suffix` the rest. It may be slow: later messages of this client wait.
   *
   * @param {string} _prefix
   * @param {string} suffix
   */
  async maySubscribe(_prefix, suffix) {
    const isKnown = stations.has(suffix)
    console.log(`subscribe ${suffix}: ${isKnown ? 'yes' : 'no'}`)
    return isKnown
  }

  /**
   * Returns the event to dispatch; `undefined` drops it.
   *
   * @param {string} _prefix
   * @param {string} suffix
   * @param {unknown} event
   */
  check(_prefix, suffix, event) {
    const isReading = stations.has(suffix) && typeof event === 'number' && event > -90 && event < 60
    console.log(`publish ${suffix} ${JSON.stringify(event)}: ${isReading ? 'yes' : 'no'}`)
    return isReading ? { celsius: event, fahrenheit: Math.round(event * 18 + 320) / 10 } : undefined
  }
}

const stations = new Set(['berlin', 'paris'])
const weather = new Weather()

class Server extends WampServerProtocol {
  onSessionOpen() {
    this.registerHandlerForSub('http://example.com/weather/', weather, 'maySubscribe', { prefixMatch: true })
    this.registerHandlerForPub('http://example.com/weather/', weather, 'check', { prefixMatch: true })
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
