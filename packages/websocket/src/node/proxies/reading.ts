import type { Duplex } from 'node:stream'
import type { Octets } from '../../bytes/octets.ts'

/**
 * Reads from a proxy until `take` returns a value, and stops reading then: what comes later is for the next reader.
 *
 * Rejects with what `take` throws, with the socket's error, and where the proxy ends the connection.
 */
export function readUntil<Value>(socket: Duplex, take: (octets: Octets) => Value | undefined): Promise<Value> {
  return new Promise((resolve, reject) => {
    const read = (octets: Octets): void => {
      try {
        const value = take(octets)
        if (value !== undefined) settle(() => resolve(value))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    const fail = (error: Error): void => settle(() => reject(error))
    const end = (): void => fail(new Error('it ended the connection'))
    const settle = (outcome: () => void): void => {
      socket.pause()
      socket.off('data', read).off('error', fail).off('end', end).off('close', end)
      outcome()
    }
    if (socket.destroyed) return end()
    socket.on('data', read).on('error', fail).on('end', end).on('close', end)
    socket.resume()
  })
}
