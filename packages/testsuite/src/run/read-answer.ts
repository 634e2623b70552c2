import type { Socket } from 'node:net'
import { type HttpHead, tokensOf, valuesOf } from '../wire/http-head.ts'
import { joined, latin1 } from '../wire/octets.ts'

/** The octets after the head of an answer that did not open a connection, and what is wrong with them. */
export interface AnswerRead {
  readonly body: Uint8Array
  readonly following: Uint8Array
  readonly hasEnded: boolean
  readonly problem?: string
}

/**
 * Reads what follows the head of an answer, for at most the seconds given: its body as RFC 9112 §6.3 delimits it, octets after the body,
 * and the end of TCP.
 */
export async function readAnswer(
  socket: Socket,
  head: HttpHead,
  rest: Uint8Array,
  { method, seconds }: { readonly method: string; readonly seconds: number },
): Promise<AnswerRead> {
  const parts = [rest]
  let length = rest.length
  let hasEnded = socket.readableEnded
  await new Promise<void>(resolve => {
    let grace: NodeJS.Timeout | undefined
    const done = (): void => {
      clearTimeout(timer)
      clearTimeout(grace)
      socket.pause()
      socket.off('data', onData).off('end', onEnd).off('error', onEnd).off('close', onEnd)
      resolve()
    }
    const look = (): void => {
      // Reads a little longer than the answer: octets after it show how the testee understood the request.
      if (grace === undefined && isWhole(head, joined(parts), method)) grace = setTimeout(done, Math.min(graceTime, seconds) * 1000)
    }
    const onData = (chunk: Uint8Array): void => {
      parts.push(chunk)
      length += chunk.length
      if (length > largestAnswer) done()
      else look()
    }
    const onEnd = (): void => {
      hasEnded = true
      done()
    }
    const timer = setTimeout(done, seconds * 1000)
    if (hasEnded) return done()
    socket.on('data', onData).on('end', onEnd).on('error', onEnd).on('close', onEnd)
    look()
    socket.resume()
  })
  const octets = joined(parts)
  if (length > largestAnswer)
    return { body: octets, following: new Uint8Array(0), hasEnded, problem: `more than the ${largestAnswer} octets that are kept` }
  return { ...split(head, octets, method, hasEnded), hasEnded }
}

/** Whether the body is complete. A body without a length is complete when TCP ends. A connection that is to be closed is waited for. */
function isWhole(head: HttpHead, octets: Uint8Array, method: string): boolean {
  if (tokensOf(head, 'connection').includes('close')) return false
  const { problem, isOpenEnded } = split(head, octets, method, false)
  return problem === undefined && !isOpenEnded
}

function split(
  head: HttpHead,
  octets: Uint8Array,
  method: string,
  hasEnded: boolean,
): { readonly body: Uint8Array; readonly following: Uint8Array; readonly problem?: string; readonly isOpenEnded?: boolean } {
  const none = new Uint8Array(0)
  const wrong = (problem: string): { body: Uint8Array; following: Uint8Array; problem: string } => ({
    body: octets,
    following: none,
    problem,
  })
  const status = Number(/ (\d{3})/.exec(head.startLine)?.[1])
  const lengths = new Set(valuesOf(head, 'content-length'))
  const codings = tokensOf(head, 'transfer-encoding')
  if (lengths.size > 1 || [...lengths].some(value => !/^\d{1,15}$/.test(value)))
    return wrong('a Content-Length that is not a number, or two of them (RFC 9110 §8.6)')
  if (lengths.size > 0 && codings.length > 0) return wrong('Content-Length beside Transfer-Encoding (RFC 9112 §6.2)')
  if (method === 'HEAD' || status === 204 || status === 304) return { body: none, following: octets }
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? chunked(octets) : { body: octets, following: none, isOpenEnded: true }
  const [length] = lengths
  if (length === undefined) return { body: octets, following: none, isOpenEnded: !hasEnded }
  if (octets.length < Number(length)) return wrong(`a body of ${octets.length} octets with the Content-Length ${length} (RFC 9112 §6.3)`)
  return { body: octets.subarray(0, Number(length)), following: octets.subarray(Number(length)) }
}

function chunked(octets: Uint8Array): ReturnType<typeof split> {
  const text = latin1(octets)
  const parts: Uint8Array[] = []
  for (let at = 0; ; ) {
    const line = /^([0-9A-Fa-f]{1,8})[^\r\n]*\r\n/.exec(text.slice(at, at + 200))
    if (line === null) return { body: octets, following: new Uint8Array(0), problem: 'chunks that do not end (RFC 9112 §7.1)' }
    const size = Number.parseInt(line[1]!, 16)
    at += line[0].length
    if (size > 0) {
      parts.push(octets.subarray(at, at + size))
      at += size + 2
      continue
    }
    const end = text.indexOf('\r\n', at)
    if (end === -1) return { body: octets, following: new Uint8Array(0), problem: 'chunks that do not end (RFC 9112 §7.1)' }
    return { body: joined(parts), following: octets.subarray(end === at ? at + 2 : text.indexOf('\r\n\r\n', at) + 4) }
  }
}

/** The largest answer that is kept, in octets. */
const largestAnswer = 1024 * 1024
/** The additional time after the end of the body, in seconds. */
const graceTime = 0.2
