import { type Dict, ErrorUri } from '@autobahn-ts/wamp/protocol'
import type { Registration } from '../dealer/registration.ts'
import { MetaFailure } from './meta-arguments.ts'
import { byPolicy, type MetaCall, type MetaProcedure, matchOption, whereAllowed } from './meta-call.ts'

export const registrationProcedures: Readonly<Record<string, MetaProcedure>> = {
  'wamp.registration.list': ({ realm }) => byPolicy([...realm.dealer.registrations]),
  'wamp.registration.lookup': ({ realm, args }) =>
    realm.dealer.find(matchOption(args.optionalDict(1, 'options')), args.text(0, 'procedure'))?.id ?? null,
  'wamp.registration.match': ({ realm, args }) => realm.dealer.matching(args.text(0, 'procedure'))?.id ?? null,
  'wamp.registration.get': call => registrationDetails(found(call)),
  'wamp.registration.list_callees': call => withCallees(call, ids => ids),
  'wamp.registration.count_callees': call => withCallees(call, ids => ids.length),
  'wamp.registration.remove_callee': call => {
    const registration = found(call)
    const callee = call.args.id(1, 'session')
    const assignment = registration.assignments.find(each => each.callee.id === callee)
    if (assignment === undefined) throw new MetaFailure(ErrorUri.noSuchSession, `session ${callee} does not serve this registration`)
    call.realm.dealer.revoke(registration, assignment.callee, call.session.id, call.args.optionalText(2, 'reason'))
  },
}

/** Makes the details of a registration, for `wamp.registration.get` and `on_create`. */
export function registrationDetails({ id, created, uri, match, invoke }: Registration): Dict {
  return { id, created: new Date(created).toISOString(), uri, match, invoke }
}

function found({ realm, args }: MetaCall): Registration {
  const id = args.id(0, 'registration')
  const registration = realm.dealer.registration(id)
  if (registration === undefined) throw new MetaFailure(ErrorUri.noSuchRegistration, `there is no registration ${id}`)
  return registration
}

/** Gives the ids of the callees to a session that may call the procedure. */
function withCallees<Result>(call: MetaCall, then: (ids: number[]) => Result): Result | Promise<Result> {
  const registration = found(call)
  return whereAllowed(
    call.realm.access.mayDo(call.session, 'call', registration.uri, registration.match),
    () => then(registration.assignments.map(({ callee }) => callee.id)),
    () => {
      throw new MetaFailure(ErrorUri.notAuthorized, 'the callees of a procedure are told to those who may call it')
    },
  )
}
