import type { Socket } from 'node:net'
import { type HttpHead, HttpHeadReader, NoHttpHead } from '../wire/http-head.ts'
import { afterPatience } from './patience.ts'

/** The result of reading a head of HTTP: the head and the octets after it, or why there is none. `text` is what was received. */
export type HeadRead =
  | { readonly head: HttpHead; readonly rest: Uint8Array; readonly problem?: undefined; readonly text: string }
  | {
      readonly problem: string /** `ended`: TCP ended. `late`: the deadline passed. */
      readonly end: 'ended' | 'late' | 'rubbish'
      readonly text: string
    }

/**
 * Reads a head from a socket and leaves the socket paused. The seconds count from the time the request has been written, if there is one.
 */
export function readHead(socket: Socket, seconds: number, written: Promise<void> = Promise.resolve()): Promise<HeadRead> {
  const reader = new HttpHeadReader(largestHead)
  return new Promise(resolve => {
    const done = (result: HeadRead): void => {
      isDone = true
      callOff?.()
      socket.pause()
      socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onEnd)
      resolve(result)
    }
    const fail = (problem: string, end: 'ended' | 'late' | 'rubbish'): void => done({ problem, end, text: reader.text })
    const onData = (chunk: Uint8Array): void => {
      try {
        const read = reader.push(chunk)
        if (read !== undefined) done({ ...read, text: reader.text })
      } catch (error) {
        if (!(error instanceof NoHttpHead)) throw error
        fail(error.message, 'rubbish')
      }
    }
    const onEnd = (): void => fail('the testee ended TCP within the opening handshake', 'ended')
    const onError = (error: Error): void => fail(`TCP broke within the opening handshake: ${error.message}`, 'ended')
    let callOff: (() => void) | undefined
    let isDone = false
    void written.then(() => {
      if (!isDone) callOff = afterPatience(seconds, () => fail(`no complete head of HTTP for ${seconds} s`, 'late'))
    })
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onEnd)
    socket.resume()
  })
}

/** The largest head, in octets. */
const largestHead = 65_536
