/** A loop did not read as fast as values came: more waited than its option `buffer` allows. */
export class StreamOverflow extends Error {
  override readonly name = 'StreamOverflow'
  readonly code: 'ERR_WAMP_STREAM_OVERFLOW' = 'ERR_WAMP_STREAM_OVERFLOW'

  /** `what` names the stream. */
  constructor(what: string, buffer: number) {
    super(`more than ${buffer} values of ${what} wait for the loop (option buffer)`)
  }
}
