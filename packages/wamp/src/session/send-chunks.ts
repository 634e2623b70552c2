import type { CallOptions } from '../messages/message.ts'
import { CALL } from '../messages/message-codes.ts'
import { payloadOfValue } from './answer.ts'
import type { Calls, WaitingCall } from './calls.ts'
import { iteratorOf } from './iterator-of.ts'
import type { SessionLink } from './session-link.ts'

/** Sends the chunks of a call as further CALLs with its id, and one without `progress` at the end. Gives the call up where they cannot be read. */
export async function sendChunks(
  link: SessionLink,
  calls: Calls,
  call: WaitingCall,
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<void> {
  const { id, procedure } = call
  try {
    const iterator = iteratorOf(chunks)
    for (;;) {
      const { done, value } = await iterator.next()
      if (!calls.isWaiting(call)) break
      if (done === true) return link.send([CALL, id, noOptions, procedure, payloadOfValue(value)])
      link.send([CALL, id, { progress: true }, procedure, payloadOfValue(value)])
      await link.untilWritable()
      if (!calls.isWaiting(call)) break
    }
    await iterator.return?.()
  } catch (error) {
    if (calls.isWaiting(call)) calls.giveUp(call, error)
    else calls.noteError(error)
  }
}

const noOptions: CallOptions = Object.freeze({})
