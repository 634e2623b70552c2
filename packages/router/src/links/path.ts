import type { ForwardedFor, Id } from '@autobahn-ts/wamp/protocol'

/**
 * Returns `forward_for` of a message that a link forwards; `undefined` where it must not.
 *
 * The first entry is the session that the message comes from, as far as the link was told, and the link itself where it was not. Each link adds itself, so a message has crossed as many
 * links as there are further entries. Crossbar's link adds nothing: it has one entry, and has crossed one.
 *
 * `from` is the session of the link at the router where it got the message; `isOwn` knows its sessions at both routers.
 */
export function pathOf(
  origin: ForwardedFor | undefined,
  path: readonly ForwardedFor[] | undefined,
  from: ForwardedFor,
  maxHops: number,
  isOwn: (id: Id) => boolean,
): readonly ForwardedFor[] | undefined {
  if (path === undefined || path.length === 0) return [origin ?? from, from]
  if (Math.max(1, path.length - 1) >= maxHops) return undefined
  for (let n = 1; n < path.length; n++) if (isOwn(path[n]!.session)) return undefined
  return [...path, from]
}
