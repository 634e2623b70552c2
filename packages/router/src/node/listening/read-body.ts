import type { IncomingMessage } from 'node:http'
import type { Clock } from '@autobahn-ts/websocket'

/** A body that is larger than its limit, or that did not come in time. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused'
  readonly status: 408 | 413

  constructor(status: 408 | 413, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * Reads the body of a request. Rejects with `BodyRefused` above the size, before more of it is kept, and after the time in seconds; and with
 * the error of the connection. The rest of a refused body is not read.
 */
export function readBody(request: IncomingMessage, maxSize: number, clock: Clock, seconds: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const timer = seconds > 0 ? clock.schedule(() => refuse(408, `the body did not come within ${seconds} s`), seconds * 1000) : undefined
    const finish = (settle: () => void): void => {
      timer?.cancel()
      request.off('data', take)
      settle()
    }
    const refuse = (status: 408 | 413, message: string): void => finish(() => reject(new BodyRefused(status, message)))
    const take = (piece: Buffer): void => {
      size += piece.length
      if (size > maxSize) refuse(413, `the body is larger than the limit of ${maxSize} octets`)
      else pieces.push(piece)
    }
    if (Number(request.headers['content-length'] ?? 0) > maxSize)
      return refuse(413, `the body is larger than the limit of ${maxSize} octets`)
    request.on('data', take)
    request.on('end', () => finish(() => resolve(new Uint8Array(Buffer.concat(pieces)))))
    request.on('error', error => finish(() => reject(error)))
    request.on('close', () => finish(() => reject(new Error('the client is gone'))))
  })
}
