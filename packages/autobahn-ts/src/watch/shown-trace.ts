import pc from 'picocolors'
import { printable } from '../printable.ts'
import { lineOf } from '../wamp/values.ts'

/** A message of a session that is traced, as `wamp.session.trace` shows it. */
export interface TracedMessage {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly direction: 'received' | 'sent'
  readonly type: string
  readonly message: readonly unknown[]
  readonly payload?: unknown
  readonly dropped?: number
}

/** Writes a message of a trace as a line for people: `12:30:01.250  sends  CALL 1 {} com.example.add`. The session sends what the router receives. */
export function shownTrace({ time, direction, type, message, payload, dropped }: TracedMessage): string {
  const elements = message.slice(1).map(element => printable(typeof element === 'string' ? element : lineOf(element), 500))
  const what = direction === 'received' ? pc.green('sends') : pc.cyan('gets ')
  const values = payload === undefined ? '' : ` ${pc.dim(printable(lineOf(payload), 2000))}`
  const gap = dropped === undefined ? '' : `${pc.yellow(`${dropped} messages are not shown`)}\n`
  return `${gap}${pc.dim(new Date(time).toISOString().slice(11, 23))}  ${what}  ${pc.bold(printable(type))} ${elements.join(' ')}${values}`
}
