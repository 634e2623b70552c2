/** The error of a call that was not answered in time. The peer is not informed and may still be working; its answer will be ignored. */
export class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut'
  readonly code: 'ERR_CALL_TIMED_OUT' = 'ERR_CALL_TIMED_OUT'
}
