import { Child } from '../child.mjs'
import { median } from '../statistics.mjs'
import { medianOf, rounded, takingTurns } from './rounds.mjs'

const load = { connections: 64, inFlight: 1, size: 125, atOnce: 16 }

/** Messages sent at fixed times, at a share of the best rate of ws with one in flight; a late server does not slow the load down. */
export function openLoop(name, share, more = {}) {
  const run = context => takingTurns(context, pacing(context, share))
  return {
    name,
    unit: 'ms',
    what: 'p99 of the latency, counted from when a message was due',
    wants: ['paced'],
    canBePlain: true,
    run,
    ...more,
  }
}

function pacing({ peers, milliseconds }, share) {
  const generator = Child.node('loads/echo.mjs', [JSON.stringify(load)])
  const generated = generator.said()
  const yardstick = peers.find(({ name }) => name === 'ws + bufferutil') ?? peers[0]
  let rate
  return {
    start: async peer => {
      const child = peer.server({})
      const { port } = await child.said()
      await generated
      await generator.ask({ command: 'open', port, isPlain: peer.isPlain })
      if (peer === yardstick) rate = share * (await bestRate(generator, port, milliseconds))
      return { port }
    },
    once: async ({ port }) => {
      const round = await generator.ask({ command: 'paced', port, milliseconds: 2 * milliseconds, rate })
      return { ...round, figure: round.p99 }
    },
    cells: ({ rounds }) => ({
      'p50 ms': rounded(medianOf(rounds, round => round.p50)),
      'p99.9 ms': rounded(medianOf(rounds, round => round.p999)),
      'messages/s': Math.round(medianOf(rounds, round => round.messages / round.seconds)),
      'due/s': Math.round(rate),
      'load late, p99 ms': rounded(medianOf(rounds, round => round.lag)),
    }),
  }
}

/** Returns the best rate in messages per second: the median of some rounds after one to warm up. */
async function bestRate(generator, port, milliseconds) {
  const rates = []
  for (let round = -1; round < 3; round++) {
    const { messages, seconds } = await generator.ask({ command: 'echo', port, milliseconds })
    if (round >= 0) rates.push(messages / seconds)
  }
  return median(rates)
}
