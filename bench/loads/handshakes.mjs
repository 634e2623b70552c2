// Opens and closes connections, several at a time.
import { answering } from '../lines.mjs'
import { quantile } from '../statistics.mjs'
import { handshake } from './frames.mjs'
import { Link } from './link.mjs'

const atOnce = 32
const request = Buffer.from(handshake())

answering({
  async shake({ port, isPlain, count }) {
    const before = process.cpuUsage()
    const began = performance.now()
    const latencies = []
    let left = count
    const shaker = async () => {
      while (left-- > 0) {
        const started = performance.now()
        const link = await Link.open(port, { isPlain })
        if (isPlain) await echoed(link)
        latencies.push(performance.now() - started)
        link.close()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, shaker))
    const { user, system } = process.cpuUsage(before)
    latencies.sort((a, b) => a - b)
    const seconds = (performance.now() - began) / 1000
    return { seconds, cpu: user + system, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }
  },
})

/** Sends the same octets to a server without WebSocket, which sends them back. */
function echoed(link) {
  return new Promise(resolve => {
    let missing = request.length
    link.received = octets => {
      missing -= octets.length
      if (missing === 0) resolve()
    }
    link.send(request)
  })
}
