import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { Permissions } from './cra.ts'

/** The rights that permissions grant for one URI. */
export interface Grant {
  readonly uri: Uri
  readonly publish: Right
  readonly subscribe: Right
}

/** A right to publish or subscribe. `exact`: for this topic only; `prefix`: for all topics that begin with its URI. */
export type Right = 'none' | 'exact' | 'prefix'

/** Merges the entries of permissions by URI. A right is granted if one entry grants it, by a flag that is `true`. */
export function grantsIn(entries: NonNullable<Permissions['pubsub']>): ReadonlyMap<Uri, Grant> {
  if (!Array.isArray(entries)) throw new ApiMisuse('the permissions for topics must be a list')
  const grants = new Map<Uri, Grant>()
  for (const { uri, prefix, pub, sub } of entries) {
    if (typeof uri !== 'string') throw new ApiMisuse(`the URI of a topic must be a string, and not ${typeof uri}`)
    const { publish, subscribe } = grants.get(uri) ?? { publish: 'none', subscribe: 'none' }
    const right = prefix === true ? 'prefix' : 'exact'
    grants.set(uri, {
      uri,
      publish: pub === true ? wider(publish, right) : publish,
      subscribe: sub === true ? wider(subscribe, right) : subscribe,
    })
  }
  return grants
}

function wider(one: Right, other: Right): Right {
  return one === 'prefix' ? one : other
}
