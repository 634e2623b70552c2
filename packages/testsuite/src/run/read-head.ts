import type { Socket } from 'node:net'
import { type HttpHead, HttpHeadReader, NoHttpHead } from '../wire/http-head.ts'
import { afterPatience } from './patience.ts'

/** A head of HTTP and what came behind it, or why there is none; `text` is what came. */
export type HeadRead =
  | { readonly head: HttpHead; readonly rest: Uint8Array; readonly problem?: undefined; readonly text: string }
  | {
      readonly problem: string /** `ended`: TCP did. `late`: the deadline came. */
      readonly end: 'ended' | 'late' | 'rubbish'
      readonly text: string
    }

/** Reads a head from a socket and leaves the socket paused. The seconds are counted from when the request is on its way, if there is one. */
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

/** Octets. */
const largestHead = 65_536
