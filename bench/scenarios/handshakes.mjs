import { Child } from '../child.mjs'
import { limitOf, medianOf, rounded, takingTurns } from './rounds.mjs'

export function handshakes(name, more = {}) {
  const run = context => takingTurns(context, shaking(context))
  const what = 'CPU of the server per connection that is opened and closed again'
  return { name, unit: 'µs', what, wants: ['handshake'], canBePlain: true, run, ...more }
}

/** Measures a limited number of handshakes, because a machine has few ports, and a used one is blocked for a minute. */
function shaking({ handshakes: count }) {
  const generator = Child.node('loads/handshakes.mjs')
  const generated = generator.said()
  return {
    start: async peer => {
      const child = peer.server({})
      const { port } = await child.said()
      await generated
      return { child, port, isPlain: peer.isPlain }
    },
    once: async ({ child, port, isPlain }) => {
      const before = await child.cpu()
      const round = await generator.ask({ command: 'shake', port, isPlain, count })
      const used = (await child.cpu()) - before
      return { ...round, used, figure: used / count }
    },
    cells: ({ rounds }) => ({
      'handshakes/s': Math.round(medianOf(rounds, round => count / round.seconds)),
      'p50 ms': rounded(medianOf(rounds, round => round.p50)),
      'p99 ms': rounded(medianOf(rounds, round => round.p99)),
      'load µs': rounded(medianOf(rounds, round => round.cpu / count)),
      'limited by': limitOf(rounds),
    }),
  }
}
