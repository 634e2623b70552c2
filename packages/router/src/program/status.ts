import type { Realm } from '../realm/realm.ts'
import type { MessageCounts } from '../realm/traffic.ts'

/** The facts of one realm for the page: the first of each list, and how many there are. */
export interface RealmStatus {
  readonly name: string
  readonly sessionCount: number
  readonly sessions: readonly {
    readonly id: number
    readonly authid: string
    readonly authrole: string
    readonly transport: string
    readonly peer: string
  }[]
  readonly topicCount: number
  readonly topics: readonly { readonly uri: string; readonly match: string; readonly subscribers: number }[]
  readonly procedureCount: number
  readonly procedures: readonly { readonly uri: string; readonly match: string; readonly invoke: string; readonly callees: number }[]
  /** Messages that did not reach a session, since the start. */
  readonly dropped: number
  /** Octets that wait now for sessions that do not read. */
  readonly waitingOctets: number
  /** The messages since the start, by type: those that clients have sent, and those that went to clients. The page makes rates of them. */
  readonly received: MessageCounts
  readonly sent: MessageCounts
}

/** Returns the facts of all realms for the page, with at most 100 entries in each list. */
export function statusOf(realms: Iterable<Realm>): RealmStatus[] {
  return Array.from(realms, realm => {
    return {
      name: realm.name,
      sessionCount: realm.sessions.size,
      sessions: first(realm.sessions.values()).map(({ id, authid, authrole, transport }) => ({
        id,
        authid,
        authrole,
        transport: transport.kind,
        peer: transport.peer,
      })),
      topicCount: realm.broker.subscriptionCount,
      topics: first(realm.broker.subscriptions).map(({ uri, match, subscribers }) => ({ uri, match, subscribers: subscribers.size })),
      procedureCount: realm.dealer.registrationCount,
      procedures: first(realm.dealer.registrations).map(({ uri, match, invoke, assignments }) => ({
        uri,
        match,
        invoke,
        callees: assignments.length,
      })),
      dropped: Object.values(realm.drops()).reduce((sum, count) => sum + count, 0),
      waitingOctets: realm.waiting('octets'),
      received: realm.traffic.receivedByName,
      sent: realm.traffic.sentByName,
    }
  })
}

function first<Item>(items: Iterable<Item>): Item[] {
  const list: Item[] = []
  for (const item of items) {
    if (list.length === most) break
    list.push(item)
  }
  return list
}

const most = 100
