import { CloseReason, type Dict, ErrorUri, type Id } from '@autobahn-ts/wamp/protocol'
import { MetaFailure } from './meta-arguments.ts'
import type { MetaCall, MetaProcedure } from './meta-call.ts'
import type { Session } from './session.ts'

export const sessionProcedures: Readonly<Record<string, MetaProcedure>> = {
  'wamp.session.count': call => filtered(call).length,
  'wamp.session.list': call => filtered(call).map(({ id }) => id),
  'wamp.session.get': call => sessionDetails(findSession(call)),
  'wamp.session.kill': call => {
    const victim = findSession(call)
    if (victim === call.session) throw noSuchSession(victim.id)
    kill(call, [victim])
  },
  'wamp.session.kill_by_authid': call => {
    const authid = call.args.text(0, 'authid')
    return kill(
      call,
      others(call).filter(session => session.authid === authid),
    )
  },
  'wamp.session.kill_by_authrole': call => {
    const authrole = call.args.text(0, 'authrole')
    return kill(
      call,
      others(call).filter(session => session.authrole === authrole),
    ).length
  },
  'wamp.session.kill_all': call => kill(call, others(call), 'silently').length,
}

/** Makes the details of a session, for `wamp.session.get` and `on_join`. */
export function sessionDetails(session: Session): Dict {
  const { id, authid, authrole, profile, transport, outbox } = session
  return {
    session: id,
    authid,
    authrole,
    authmethod: profile.authmethod,
    authprovider: profile.authprovider ?? null,
    transport: { type: transport.kind, peer: transport.peer, secure: transport.isSecure },
    _outbox: {
      octets: outbox.octets,
      messages: outbox.messages,
      dropped_events: outbox.counters.droppedEvents,
      oversized_events: outbox.counters.oversizedEvents,
      refused_messages: outbox.counters.refusedMessages,
    },
  }
}

function filtered({ realm, args }: MetaCall): Session[] {
  const roles = args.optionalTexts(0, 'filter_authroles')
  const all = [...realm.sessions.values()]
  if (roles === undefined) return all
  // both may be long, and everybody may count sessions
  const wanted = new Set(roles)
  return all.filter(({ authrole }) => wanted.has(authrole))
}

/** Finds the session that a call names. Throws `MetaFailure` where there is none. */
export function findSession({ realm, args }: MetaCall): Session {
  const id = args.id(0, 'session')
  const session = realm.sessions.get(id)
  if (session === undefined) throw noSuchSession(id)
  return session
}

function others({ realm, session }: MetaCall): Session[] {
  return [...realm.sessions.values()].filter(each => each !== session)
}

/** Ends sessions. `silently`: nobody is told, and their testaments are not published. */
function kill({ args, realm }: MetaCall, victims: readonly Session[], silently?: 'silently'): Id[] {
  const reason = args.reason(CloseReason.killed)
  const message = args.keywordText('message')
  for (const victim of victims) {
    realm.loggedOut(victim)
    victim.dismiss(reason, message, silently === undefined)
  }
  return victims.map(({ id }) => id)
}

export function noSuchSession(id: Id): MetaFailure {
  return new MetaFailure(ErrorUri.noSuchSession, `there is no session ${id} that can be reached`)
}
