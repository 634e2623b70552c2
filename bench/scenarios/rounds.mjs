import { median } from '../statistics.mjs'

/** Thrown if a peer could not be measured; the scenario is repeated without it. */
export class PeerFailed extends Error {
  name = 'PeerFailed'

  constructor(peer, cause) {
    super(cause.message, { cause })
    this.peer = peer
  }
}

export async function blaming(peer, action) {
  try {
    return await action()
  } catch (error) {
    throw error instanceof PeerFailed ? error : new PeerFailed(peer.name, error)
  }
}

/**
 * Starts all peers, warms each up with a round that does not count, and then lets them take turns, so that other work of the machine affects all of them. `start` gives what `once` needs; `once` gives a round, with its `figure`; `cells` makes more of all rounds.
 *
 * Where `end` is given, this is done with so many `processes` of each peer, one set after the other, and the rounds are shared out among them:
 * one process of a server may differ from the next for as long as it lives. Each round says which process it is of.
 */
export async function takingTurns({ peers, rounds, progress, processes = 1 }, { start, once, end, cells = _run => ({}) }) {
  const sets = end === undefined ? 1 : processes
  const all = peers.map(peer => ({ peer, rounds: [] }))
  let runs = []
  for (let process = 1; process <= sets; process++) {
    if (process > 1) for (const run of runs) await end(run)
    runs = await oneSet({ peers, rounds: Math.ceil(rounds / sets), progress }, { start, once })
    for (const [at, run] of runs.entries()) all[at].rounds.push(...run.rounds.map(round => ({ ...round, process })))
  }
  return runs.map((run, at) => {
    const whole = { ...run, rounds: all[at].rounds }
    return { peer: run.peer.name, figures: whole.rounds.map(({ figure }) => figure), more: cells(whole) }
  })
}

async function oneSet({ peers, rounds, progress }, { start, once }) {
  const runs = []
  for (const peer of peers) {
    progress(`starting ${peer.name}`)
    await blaming(peer, async () => runs.push({ peer, rounds: [], ...(await start(peer)) }))
  }
  for (const run of runs) await blaming(run.peer, () => once(run))
  for (let round = 0; round < rounds; round++) {
    // The order is reversed, so that no peer always comes after the same one.
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(turn + round) % runs.length]
      run.rounds.push(await blaming(run.peer, () => once(run)))
      progress(`round ${round + 1} of ${rounds}: ${run.peer.name} ${run.rounds.at(-1).figure.toPrecision(3)}`)
    }
  }
  return runs
}

/** Returns the difference between processes of a server: the lowest and the highest of their medians. */
export function spreadOf(rounds) {
  const processes = [...new Set(rounds.map(({ process }) => process))]
  const medians = processes.map(process =>
    medianOf(
      rounds.filter(round => round.process === process),
      ({ figure }) => figure,
    ),
  )
  return `${rounded(Math.min(...medians))} to ${rounded(Math.max(...medians))}`
}

export function medianOf(rounds, of) {
  return median(rounds.map(of))
}

export function rounded(value) {
  return Number(value.toPrecision(3))
}

/** Names the processes that used a core nearly all of the time, which limited the throughput. */
export function limitOf(rounds) {
  const [server, load] = ['used', 'cpu'].map(who => medianOf(rounds, round => round[who] / 1e6 / round.seconds))
  if (Math.max(server, load) < 0.8) return 'neither'
  return server >= load ? 'server' : 'load'
}
