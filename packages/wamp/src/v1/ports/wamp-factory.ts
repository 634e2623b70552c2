import { ApiMisuse, anyValue, type Clock, checkOptions, unknownOption } from '@autobahn-ts/websocket/portable'
import type { ErrorSink } from '../../hooks/notify.ts'
import type { Serializer } from '../../serializers/serializer.ts'
import { type WampOptions, wampSettings } from './options.ts'

/** What a protocol needs of the factory that made it: the seed's `WampFactory`, and the port for factories of other runtimes. */
export interface WampFactory extends Serializer, ErrorSink {
  readonly wampOptions: WampOptions
  readonly clock: Clock
}

/** A protocol object belongs to a WAMP factory. */
export function wampFactoryOf(protocol: { readonly factory: object }): WampFactory {
  const { factory } = protocol
  if ('wampOptions' in factory && 'noteError' in factory) return factory as WampFactory
  throw new ApiMisuse('a WAMP protocol belongs to a WampServerFactory or a WampClientFactory')
}

/**
 * Checks what a factory is made with as far as the layer below cannot: that it is an object, and names that belong to WAMP. Other names are
 * checked below.
 */
export function checkedFactoryOptions<Given extends { readonly wamp?: object }>(given: Given, where: string): Given {
  checkOptions<Readonly<Record<string, unknown>>>(given ?? null, { ...examples, ...anyOf(given) }, where)
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(wampSettings, name)) {
      throw new ApiMisuse(`option ${name} is one of WAMP, which are given as { wamp: { ${name}: … } }`)
    }
    const hint = unknownOption(name, ['wamp'], where)
    if (name !== 'wamp' && hint.includes('did you mean')) throw new ApiMisuse(hint)
  }
  checkOptions<Partial<WampOptions>>(given.wamp, wampSettings, 'wamp')
  return given
}

/** Checks that take what is given: the names are checked by the factory of the WebSocket layer. */
function anyOf(given: unknown): Readonly<Record<string, typeof anyValue>> {
  const names = typeof given === 'object' && given !== null ? Object.keys(given) : []
  return Object.fromEntries(names.map(name => [name, anyValue]))
}

/** Some of the options, for the sentence about what is not an object of them. */
const examples = { protocol: anyValue, protocols: anyValue, wamp: anyValue }

/** Octets of the largest message that is accepted unless `maxMessagePayloadSize` is given: calls and events are small. */
export const wampMessageSize: number = 1024 * 1024
