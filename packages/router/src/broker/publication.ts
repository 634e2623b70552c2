import type { Dict, EventDetails, ForwardedFor, Id, Payload, PublishOptions, Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'
import { addPassthru, hasPassthru, type NewDetails, noDetails } from '../parties/passthru.ts'
import { type Audience, audienceOf, excludedPublisher } from './audience.ts'

/** An event as its publisher has handed it in. */
export interface Publication {
  readonly id: Id
  readonly topic: Uri
  readonly payload: Payload | undefined
  /** The options of PUBLISH, of which only the attributes of the payload are read any more. */
  readonly options: PublishOptions
  readonly audience: Audience | undefined
  /** The session that does not get it because it has published it; 0 where there is none. */
  readonly excluded: Id | 0
  /** The publisher, where its receivers may know. */
  readonly publisher: DisclosedPublisher | undefined
  /** The level of trust of its publisher's role, where that has one. */
  readonly trustLevel: number | undefined
}

export interface DisclosedPublisher {
  readonly session: Id
  readonly authid: string | null
  readonly authrole: string
  /** The sessions that it was forwarded for, where a link to another router has published it. */
  readonly forwardedFor: readonly ForwardedFor[] | undefined
}

/** Makes the publication of a session. */
export function publicationOf(
  id: Id,
  publisher: Party,
  topic: Uri,
  options: PublishOptions,
  payload: Payload | undefined,
  isDisclosed: boolean,
): Publication {
  return {
    id,
    topic,
    payload,
    options,
    audience: audienceOf(options),
    excluded: excludedPublisher(publisher.id, options),
    publisher: disclosedPublisher(publisher, options, isDisclosed),
    trustLevel: publisher.trustLevel,
  }
}

/** Makes a publication of the router itself. */
export function publicationOfRouter(id: Id, topic: Uri, args: readonly unknown[]): Publication {
  const payload = { args, kwargs: noDetails }
  return { id, topic, payload, options: noDetails, audience: undefined, excluded: 0, publisher: undefined, trustLevel: undefined }
}

/** Makes the details of EVENT. `isPattern`: the subscription does not say the topic. */
export function eventDetails({ topic, options, publisher, trustLevel }: Publication, isPattern: boolean, isRetained = false): EventDetails {
  const isPassthru = hasPassthru(options)
  if (!isPattern && !isRetained && publisher === undefined && trustLevel === undefined && !isPassthru) return noDetails
  const details: NewDetails = {}
  if (isPattern) details.topic = topic
  if (publisher !== undefined) addPublisher(publisher, details)
  if (trustLevel !== undefined) details.trustlevel = trustLevel
  if (isRetained) details.retained = true
  if (isPassthru) addPassthru(options, details)
  return details
}

function disclosedPublisher(publisher: Party, options: Dict, isDisclosed: boolean): DisclosedPublisher | undefined {
  const forwardedFor = publisher.isLink ? (options.forward_for as readonly ForwardedFor[] | undefined) : undefined
  const first = forwardedFor?.[0]
  if (first !== undefined) return { session: first.session, authid: first.authid, authrole: first.authrole, forwardedFor }
  if (!isDisclosed) return undefined
  return { session: publisher.id, authid: publisher.authid, authrole: publisher.authrole, forwardedFor: undefined }
}

function addPublisher({ session, authid, authrole, forwardedFor }: DisclosedPublisher, details: NewDetails): void {
  details.publisher = session
  if (authid !== null) details.publisher_authid = authid
  details.publisher_authrole = authrole
  if (forwardedFor !== undefined) details.forward_for = forwardedFor
}
