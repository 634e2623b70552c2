/** A call was not answered in time. The peer was not told and may still be at work; its answer will be ignored. */
export class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut'
  readonly code: 'ERR_CALL_TIMED_OUT' = 'ERR_CALL_TIMED_OUT'
}
