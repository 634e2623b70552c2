/** A place in a stream of NATS. */
export interface Position {
  /** The moment at which the stream was made, in milliseconds since 1970: another stream of the same name has other messages. */
  readonly stream: number
  /** The sequence number of the last message, or last piece, that has been passed on. */
  readonly sequence: number
  /** The time of that message, in milliseconds since 1970. */
  readonly time: number
  /**
   * The sequence number from which messages must be read: above `sequence` by 1, or lower where the pieces of a message began before `sequence` and end after
   * it.
   */
  readonly from: number
}

/** Writes a position as a text of letters, digits and dots. */
export function writePosition({ stream, sequence, time, from }: Position): string {
  const numbers = from === sequence + 1 ? [stream, sequence, time] : [stream, sequence, time, from]
  return numbers.map(number => number.toString(36)).join('.')
}

/** Reads a position. Returns `undefined` where the text is not one. */
export function readPosition(text: string): Position | undefined {
  if (!form.test(text)) return undefined
  const [stream = 0, sequence = 0, time = 0, from = sequence + 1] = text.split('.').map(number => Number.parseInt(number, 36))
  if (![stream, sequence, time, from].every(Number.isSafeInteger) || from > sequence + 1) return undefined
  return { stream, sequence, time, from }
}

const form = /^[0-9a-z]{1,11}\.[0-9a-z]{1,11}\.[0-9a-z]{1,11}(?:\.[0-9a-z]{1,11})?$/
