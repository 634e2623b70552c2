import { Child } from '../child.mjs'
import { medianOf, takingTurns } from './rounds.mjs'

export function broadcast(name, deflate) {
  const wants = ['broadcast', ...(deflate ? [deflate] : [])]
  const run = context => takingTurns(context, broadcasting(context, deflate))
  return { name, unit: 'µs', what: 'CPU of the server per receiver', wants, run }
}

function broadcasting({ milliseconds, receivers }, deflate) {
  const crowd = Child.node('loads/crowd.mjs')
  const gathered = crowd.said()
  return {
    start: async peer => {
      const child = peer.server({ deflate })
      const { port } = await child.said()
      await gathered
      await crowd.ask({ command: 'open', port, count: receivers, deflate })
      return { child, port }
    },
    once: async ({ child, port }) => {
      const before = await child.cpu()
      const began = performance.now()
      let times = 0
      for (; performance.now() - began < milliseconds; times += burst) {
        await crowd.ask({ command: 'hear', port, frames: burst })
        await child.ask({ command: 'broadcast', times: burst })
        await crowd.ask({ command: 'heard', port })
      }
      const seconds = (performance.now() - began) / 1000
      const sent = times * receivers
      return { sent, seconds, figure: ((await child.cpu()) - before) / sent }
    },
    cells: ({ rounds, child }) => ({
      'receivers/s': Math.round(medianOf(rounds, round => round.sent / round.seconds)),
      'MiB resident': Math.round(child.resident / 1024),
    }),
  }
}

/** The number of broadcasts for one order, each in its own turn of the loop, because orders cost time as well. */
const burst = 10
