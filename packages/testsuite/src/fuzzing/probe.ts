import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Opened, openAsClient, type ServerPlace, Unreachable } from '../run/open-as-client.ts'
import type { Pace } from '../run/pace.ts'

/** Facts about a server from a few connections before the cases. */
export interface Probed {
  /** The first `Server` header of its response. */
  readonly server?: string
  /** The number of connections that it accepts at the same time, up to the number asked for. */
  readonly atOnce: number
}

/**
 * Opens as many connections as cases are to run at the same time, and closes them again. This tells a missing server by one error instead
 * of 517 failed cases, and finds the number of connections that the server accepts. Throws `Unreachable` if the first connection fails.
 */
export async function probe(place: ServerPlace, wanted: number, pace: Pace): Promise<Probed> {
  const began = performance.now()
  const first = await openAsClient(place, {}, pace)
  if (first.kind !== 'opened') return { atOnce: wanted }
  const server = /^server:[ \t]*([^\r\n]+?)[ \t]*\r?$/im.exec(first.record.response)?.[1]
  const sockets = [first.socket]
  // A server that accepts one connection after the other lets the others wait. The limit is a few times what the first one took.
  const patience = Math.min(pace.opening, leastPatience + (patienceFactor * (performance.now() - began)) / 1000)
  const others = await Promise.all(Array.from({ length: wanted - 1 }, () => opened(place, { ...pace, opening: patience })))
  for (const other of others) if (other?.kind === 'opened') sockets.push(other.socket)
  // A server with too many connections may drop one that it has just opened, which shows only where the socket is read.
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

/** In seconds. */
const leastPatience = 1
const patienceFactor = 20
/** In milliseconds. */
const settleTime = 50
