import type { CallOptions } from '../messages/message.ts'
import { CALL } from '../messages/message-codes.ts'
import { payloadOfValue } from './answer.ts'
import type { Calls, WaitingCall } from './calls.ts'
import { endSource, iteratorOf, stepOf } from './iterator-of.ts'
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
    // at once, because a source that has nothing to say would never notice
    call.leave = () => endSource(iterator, error => calls.noteError(error, 'chunks'))
    while (calls.takesChunks(call)) {
      const { done, value } = stepOf(await iterator.next())
      if (done === true) call.leave = undefined
      if (!calls.takesChunks(call)) return
      if (done === true) return link.send([CALL, id, noOptions, procedure, payloadOfValue(value)])
      link.send([CALL, id, { progress: true }, procedure, payloadOfValue(value)])
      await link.untilWritable()
    }
    call.left()
  } catch (error) {
    call.left()
    // with any mode of CANCEL: without the rest of the chunks there is no answer to wait for
    if (calls.takesChunks(call)) calls.giveUp(call, error, 'killnowait')
    else calls.noteError(error, 'chunks')
  }
}

const noOptions: CallOptions = Object.freeze({})
