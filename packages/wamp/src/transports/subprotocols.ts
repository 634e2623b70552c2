import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { Serializer } from '../serializers/serializer.ts'

/** The serializers that one side speaks, best first, and whether it also speaks their batched forms. */
export interface SpokenSerializers {
  readonly serializers: readonly Serializer[]
  /** Whether several messages may travel in one WebSocket message or HTTP body, with peers that can do so. */
  readonly isBatched: boolean
}

/** A subprotocol that both sides speak. */
export interface Spoken {
  readonly serializer: Serializer
  readonly isBatched: boolean
}

/** Returns the names of subprotocols to offer, best first: `wamp.2.json.batched`, `wamp.2.json`. */
export function subprotocolsOf({ serializers, isBatched }: SpokenSerializers): readonly string[] {
  const plain = serializers.map(({ name }) => `${prefix}${name}`)
  return isBatched ? plain.flatMap(name => [`${name}${batched}`, name]) : plain
}

/** Returns what a subprotocol means; `undefined` for one that this side does not speak. */
export function spokenBy(subprotocol: string, { serializers, isBatched }: SpokenSerializers): Spoken | undefined {
  const isAskedBatched = subprotocol.endsWith(batched)
  const name = isAskedBatched ? subprotocol.slice(0, -batched.length) : subprotocol
  const serializer = serializers.find(each => `${prefix}${each.name}` === name)
  if (serializer === undefined || (isAskedBatched && !isBatched)) return undefined
  return { serializer, isBatched: isAskedBatched }
}

/** Checks a list of serializers. Throws `ApiMisuse` for anything else, and for one that is named twice. */
export function checkedSerializers(given: readonly Serializer[]): readonly Serializer[] {
  if (!Array.isArray(given) || given.length === 0)
    throw new ApiMisuse(`option serializers must be a list with at least one serializer, and not ${shownValue(given)}`)
  given.forEach((each, n) => {
    if (typeof each?.encode !== 'function' || typeof each.decode !== 'function')
      throw new ApiMisuse(`option serializers has ${shownValue(each)}, and takes serializers such as new JsonSerializer()`)
    if (given.findIndex(({ name }) => name === each.name) !== n) throw new ApiMisuse(`option serializers has ${each.name} twice`)
  })
  return given
}

const prefix = 'wamp.2.'
const batched = '.batched'
