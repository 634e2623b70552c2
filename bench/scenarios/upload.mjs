import { Child } from '../child.mjs'
import { limitOf, medianOf, rounded, takingTurns } from './rounds.mjs'

/** One connection sends large messages. `autobahn-ts` counts their octets as they arrive; peers that cannot stream collect them first. */
export function upload(name, more = {}) {
  const run = context => takingTurns(context, uploading(context))
  const what = 'CPU of the server per MiB of a message of 64 MiB in one frame'
  return { name, unit: 'µs', what, wants: ['upload'], canBePlain: true, run, ...more }
}

function uploading({ milliseconds }) {
  const size = 64 * 1024 * 1024
  const generator = Child.node('loads/upload.mjs', [JSON.stringify({ size })])
  const generated = generator.said()
  return {
    start: async peer => {
      const child = peer.server({ upload: size })
      const { port } = await child.said()
      await generated
      await generator.ask({ command: 'open', port, isPlain: peer.isPlain })
      return { child, port }
    },
    once: async ({ child, port }) => {
      const before = await child.cpu()
      const round = await generator.ask({ command: 'upload', port, milliseconds })
      const used = (await child.cpu()) - before
      return { ...round, used, figure: used / round.mebibytes }
    },
    cells: ({ rounds, child }) => ({
      'MiB/s': Math.round(medianOf(rounds, round => round.mebibytes / round.seconds)),
      'load µs': rounded(medianOf(rounds, round => round.cpu / round.mebibytes)),
      'limited by': limitOf(rounds),
      'MiB resident': Math.round(child.resident / 1024),
    }),
  }
}
