import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Opened, openAsClient, type ServerPlace, Unreachable } from '../run/open-as-client.ts'
import type { Pace } from '../run/pace.ts'

/** What a few connections before all cases tell of a server. */
export interface Probed {
  /** The first `Server` header of its response. */
  readonly server?: string
  /** How many connections it takes at once, up to as many as were asked for. */
  readonly atOnce: number
}

/**
 * Opens as many connections as cases are to run at once, and closes them again: a server that is not there is a mistake to be told, and not
 * 517 failures, and one that takes fewer connections is tested with fewer. Throws `Unreachable` where the first connection does not come about.
 */
export async function probe(place: ServerPlace, wanted: number, pace: Pace): Promise<Probed> {
  const began = performance.now()
  const first = await openAsClient(place, {}, pace)
  if (first.kind !== 'opened') return { atOnce: wanted }
  const server = /^server:[ \t]*([^\r\n]+?)[ \t]*\r?$/im.exec(first.record.response)?.[1]
  const sockets = [first.socket]
  // A server that takes one connection after the other lets the others wait: not longer than a few times what the first one took.
  const patience = Math.min(pace.opening, leastPatience + (patienceFactor * (performance.now() - began)) / 1000)
  const others = await Promise.all(Array.from({ length: wanted - 1 }, () => opened(place, { ...pace, opening: patience })))
  for (const other of others) if (other?.kind === 'opened') sockets.push(other.socket)
  // A server that has too many may drop one that it has just opened, which shows where the socket is read.
  for (const socket of sockets) socket.resume()
  if (wanted > 1) await setTimeout(settleTime)
  const atOnce = sockets.filter(isThere).length
  await Promise.all(sockets.map(ended))
  return { atOnce: Math.max(1, atOnce), ...(server !== undefined && { server }) }
}

async function opened(place: ServerPlace, pace: Pace): Promise<Opened | undefined> {
  try {
    return await openAsClient(place, {}, pace)
  } catch (error) {
    if (error instanceof Unreachable) return undefined
    throw error
  }
}

function isThere(socket: Socket): boolean {
  return !socket.destroyed && !socket.readableEnded
}

function ended(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    socket.destroy()
  })
}

/** Seconds. */
const leastPatience = 1
const patienceFactor = 20
/** Milliseconds. */
const settleTime = 50
