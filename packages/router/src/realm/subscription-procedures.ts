import { type Dict, ErrorUri, type Uri } from '@autobahn-ts/wamp/protocol'
import type { PastEvent } from '../broker/event-history.ts'
import { eventDetails } from '../broker/publication.ts'
import type { Subscription } from '../broker/subscription.ts'
import { historyFilter } from './history-query.ts'
import { MetaFailure } from './meta-arguments.ts'
import { byPolicy, type MetaCall, type MetaProcedure, matchOption, whereAllowed } from './meta-call.ts'

export const subscriptionProcedures: Readonly<Record<string, MetaProcedure>> = {
  'wamp.subscription.list': ({ realm }) => byPolicy([...realm.broker.subscriptions]),
  'wamp.subscription.lookup': ({ realm, args }) =>
    realm.broker.find(matchOption(args.optionalDict(1, 'options')), args.text(0, 'topic'))?.id ?? null,
  'wamp.subscription.match': ({ realm, args }) => {
    const ids = realm.broker.matching(args.text(0, 'topic')).map(({ id }) => id)
    return ids.length === 0 ? null : ids
  },
  'wamp.subscription.get': call => subscriptionDetails(found(call)),
  'wamp.subscription.list_subscribers': call => whereReadable(call, ({ subscribers }) => [...subscribers].map(({ id }) => id)),
  'wamp.subscription.count_subscribers': call => whereReadable(call, ({ subscribers }) => subscribers.size),
  'wamp.subscription.get_events': call => {
    const filter = historyFilter(call.args)
    const { session, realm } = call
    return whereReadable(call, subscription => {
      // a pattern may be allowed where some of its topics are not, as for the events that a subscriber gets
      const mayReceive = (topic: Uri): boolean => !subscription.isPattern || realm.access.mayReceive?.(session, topic) !== false
      const events = subscription.history?.find(filter, session.authid, session.authrole, mayReceive) ?? []
      return events.map(event => pastEvent(subscription, event))
    })
  },
  'wamp.subscription.remove_subscriber': call => {
    const subscription = found(call)
    const id = call.args.id(1, 'session')
    const subscriber = call.realm.sessions.get(id)?.subscriber
    if (subscriber === undefined || !call.realm.broker.revoke(subscriber, subscription, call.args.optionalText(2, 'reason')))
      throw new MetaFailure(ErrorUri.noSuchSession, `session ${id} does not have this subscription`)
  },
}

/** Makes the details of a subscription, for `wamp.subscription.get` and `on_create`. */
export function subscriptionDetails({ id, created, uri, match }: Subscription): Dict {
  return { id, created: new Date(created).toISOString(), uri, match }
}

function found({ realm, args }: MetaCall): Subscription {
  const id = args.id(0, 'subscription')
  const subscription = realm.broker.subscription(id)
  if (subscription === undefined) throw new MetaFailure(ErrorUri.noSuchSubscription, `there is no subscription ${id}`)
  return subscription
}

/** Gives facts about a subscription to a session that may subscribe to its topic. */
function whereReadable<Result>(call: MetaCall, then: (subscription: Subscription) => Result): Result | Promise<Result> {
  const subscription = found(call)
  return whereAllowed(
    call.realm.access.mayDo(call.session, 'subscribe', subscription.uri, subscription.match),
    () => then(subscription),
    () => {
      throw new MetaFailure(ErrorUri.notAuthorized, 'the subscribers and events of a topic are told to those who may subscribe to it')
    },
  )
}

function pastEvent(subscription: Subscription, { time, publication }: PastEvent): Dict {
  const { id, payload } = publication
  return {
    timestamp: new Date(time).toISOString(),
    subscription: subscription.id,
    publication: id,
    details: eventDetails(publication, subscription.isPattern),
    args: payload?.args ?? [],
    kwargs: payload?.kwargs ?? {},
  }
}
