import { median } from '../statistics.mjs'

/** A peer could not be measured; the scenario is done again without it. */
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
 * Starts all peers, warms each up with a round that does not count, and then lets them take turns, so that what else the machine does
 * meets all of them. `start` gives what `once` needs; `once` gives a round, with its `figure`; `cells` makes more of all rounds.
 */
export async function takingTurns({ peers, rounds, progress }, { start, once, cells = () => ({}) }) {
  const runs = []
  for (const peer of peers) {
    progress(`starting ${peer.name}`)
    await blaming(peer, async () => runs.push({ peer, rounds: [], ...(await start(peer)) }))
  }
  for (const run of runs) await blaming(run.peer, () => once(run))
  for (let round = 0; round < rounds; round++) {
    // turned about, so that none always comes after the same neighbour
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(turn + round) % runs.length]
      run.rounds.push(await blaming(run.peer, () => once(run)))
      progress(`round ${round + 1} of ${rounds}: ${run.peer.name} ${run.rounds.at(-1).figure.toPrecision(3)}`)
    }
  }
  return runs.map(run => ({ peer: run.peer.name, figures: run.rounds.map(({ figure }) => figure), more: cells(run) }))
}

export function medianOf(rounds, of) {
  return median(rounds.map(of))
}

export function rounded(value) {
  return Number(value.toPrecision(3))
}

/** Which of the two processes used a core of its own nearly all of the time: what the throughput was limited by. */
export function limitOf(rounds) {
  const [server, load] = ['used', 'cpu'].map(who => medianOf(rounds, round => round[who] / 1e6 / round.seconds))
  if (Math.max(server, load) < 0.8) return 'neither'
  return server >= load ? 'server' : 'load'
}
