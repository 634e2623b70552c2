import { type Dict, ErrorUri } from '@autobahn-ts/wamp/protocol'
import { type MetaArguments, MetaFailure, wrong } from './meta-arguments.ts'
import { later, type MetaCall, type MetaProcedure, type MetaRealm } from './meta-call.ts'
import { findSession, noSuchSession } from './session-procedures.ts'
import { Trace } from './trace.ts'

/** The procedures by which an operator watches a realm. They are this router's own. */
export const watchProcedures: Readonly<Record<string, MetaProcedure>> = {
  'wamp.session.get_traffic': ({ realm }) => trafficOf(realm),
  'wamp.session.trace': call => {
    trace(call)
    return later
  },
}

/** Makes the counters of a realm: messages by type, messages that did not arrive by reason, and what waits. All but the last grow from the start on. */
function trafficOf(realm: MetaRealm): Dict {
  return {
    sessions: realm.sessions.size,
    subscriptions: realm.broker.subscriptionCount,
    registrations: realm.dealer.registrationCount,
    received: realm.traffic.receivedByName,
    sent: realm.traffic.sentByName,
    dropped: realm.drops(),
    held_publishers: realm.traffic.holds,
    outbox: { octets: realm.waiting('octets'), messages: realm.waiting('messages'), highest_octets: realm.highestOutbox() },
  }
}

/** Begins to trace a session. */
function trace(call: MetaCall): void {
  const { realm, session, args, answer } = call
  if (!answer.takesProgress)
    throw new MetaFailure(ErrorUri.invalidArgument, 'a trace comes as progressive results: call it with receive_progress')
  const traced = findSession(call)
  if (traced === session) throw noSuchSession(traced.id)
  if (realm.traces.size >= mostTraces) throw new MetaFailure(ErrorUri.unavailable, `a realm has at most ${mostTraces} traces at a time`)
  const trace = new Trace({
    caller: answer.caller(),
    request: answer.request,
    watcher: session,
    traced,
    clock: realm.clock,
    today: () => realm.today(),
    payloadSize: whole(args, 'payload', 0, 65_536, 0),
    rate: whole(args, 'rate', 1, 10_000, 1000),
    over: () => realm.traces.delete(trace),
  })
  realm.traces.add(trace)
}

function whole(args: MetaArguments, name: string, least: number, most: number, byDefault: number): number {
  const value = args.keyword(name) ?? byDefault
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw wrong(name, `an integer from ${least} to ${most}`)
}

const mostTraces = 16
