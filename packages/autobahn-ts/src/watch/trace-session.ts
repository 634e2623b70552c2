import { type UntypedClient, WampError } from '@autobahn-ts/wamp'
import { note, sentenceOf } from '../wamp/client-flags.ts'
import { lineOf } from '../wamp/values.ts'
import { shownTrace, type TracedMessage } from './shown-trace.ts'

/** The trace that is wanted. */
export interface TraceWish {
  readonly session: number
  /** Characters of each payload that are shown. */
  readonly payload: number
  /** Messages in a second. */
  readonly rate: number
  /** Whether messages are written as JSON. */
  readonly isJson: boolean
}

/** Prints the messages of one session until it ends or the signal is aborted. Returns the exit status. */
export async function traceSession(client: UntypedClient, wish: TraceWish, signal: AbortSignal): Promise<number> {
  const { session, payload, rate, isJson } = wish
  const onProgress = (entry: unknown): void => console.log(isJson ? lineOf(entry) : shownTrace(entry as TracedMessage))
  try {
    const trace = client.call<TraceEnd>('wamp.session.trace', [session], { payload, rate }, { onProgress, signal })
    // the answer to a later request tells that the trace has begun, unless it was refused
    const begun = client.call('wamp.session.count', [[]]).catch(() => undefined)
    await Promise.race([trace, begun])
    note(`tracing session ${session} from now on`)
    const { messages, dropped } = await trace
    note(`the session has ended: ${messages} messages, and ${dropped} that are not shown`)
    return 0
  } catch (error) {
    if (signal.aborted) return 0
    console.error(`error: --session ${session}: ${sentenceOf(error)}`)
    return error instanceof WampError ? 2 : 1
  }
}

interface TraceEnd {
  readonly messages: number
  readonly dropped: number
}
