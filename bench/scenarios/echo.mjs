import { Child } from '../child.mjs'
import { limitOf, medianOf, rounded, spreadOf, takingTurns } from './rounds.mjs'

/** An echo scenario; `load` is `{ connections, inFlight, size }`, and `deflate`, `isSecure` or `isText`. */
export function echo(name, load, more = {}) {
  const wants = [load.deflate, load.isSecure && 'tls', load.isText && 'text'].filter(Boolean)
  const run = context => takingTurns(context, echoing(context, load))
  return { name, unit: 'µs', what: 'CPU of the server per message', wants, canBePlain: !load.deflate && !load.isText, run, ...more }
}

/** An echo scenario in which the measured process is the client and the load the server. */
export function clientEcho(name, load, more = {}) {
  const run = context => takingTurns(context, echoingAsClient(context, { ...load, isServer: true }))
  return { name, unit: 'µs', what: 'CPU of the client per message', wants: ['client'], canBePlain: true, run, ...more }
}

function echoing({ milliseconds, tls }, load) {
  const { deflate = false, isSecure = false, isText = false } = load
  const generator = Child.node('loads/echo.mjs', [JSON.stringify(load)])
  const generated = generator.said()
  return {
    start: async peer => {
      const child = peer.server({ deflate, isText, ...(isSecure && { tls }) })
      const { port } = await child.said()
      await generated
      await generator.ask({ command: 'open', port, isPlain: peer.isPlain })
      return { child, generator, port }
    },
    once: run => echoRound(run, milliseconds),
    end: async run => {
      await run.generator.ask({ command: 'close', port: run.port })
      await run.child.end()
    },
    cells: echoCells,
  }
}

function echoingAsClient({ milliseconds }, load) {
  const generator = Child.node('loads/echo.mjs', [JSON.stringify(load)])
  const generated = generator.said()
  return {
    start: async peer => {
      const child = peer.client({})
      await child.said()
      await generated
      const { port } = await generator.ask({ command: 'listen', isPlain: peer.isPlain })
      await child.ask({ command: 'connect', port, count: load.connections })
      await generator.ask({ command: 'accepted', port })
      return { child, generator, port }
    },
    once: run => echoRound(run, milliseconds),
    cells: echoCells,
  }
}

async function echoRound({ child, generator, port }, milliseconds) {
  const faultsBefore = child.pageFaults
  const before = await child.cpu()
  const round = await generator.ask({ command: 'echo', port, milliseconds })
  const used = (await child.cpu()) - before
  const pageFaults = (child.pageFaults - faultsBefore) / round.messages
  return { ...round, used, pageFaults, figure: used / round.messages }
}

function echoCells({ rounds, child }) {
  return {
    'messages/s': Math.round(medianOf(rounds, round => round.messages / round.seconds)),
    'p50 ms': rounded(medianOf(rounds, round => round.p50)),
    'p99 ms': rounded(medianOf(rounds, round => round.p99)),
    'load µs': rounded(medianOf(rounds, round => round.cpu / round.messages)),
    'limited by': limitOf(rounds),
    'by process': spreadOf(rounds),
    'page faults': Number(Math.max(...rounds.map(round => round.pageFaults)).toFixed(3)),
    'MiB resident': Math.round(child.resident / 1024),
  }
}
