import { ApiMisuse, anyValue, type Clock, checkOptions, unknownOption } from '@autobahn-ts/websocket/portable'
import type { ErrorSink } from '../../hooks/notify.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { type WampOptions, wampSettings } from './options.ts'

/**
 * The factory of a WAMP protocol, as the protocol uses it: AutobahnPython's `WampFactory`, and the port for factories of other runtimes.
 */
export interface WampFactory extends Serializer, ErrorSink {
  readonly wampOptions: WampOptions
  readonly clock: Clock
}

/** Returns the factory of a protocol. Throws `ApiMisuse` if it is not a WAMP factory. */
export function wampFactoryOf(protocol: { readonly factory: object }): WampFactory {
  const { factory } = protocol
  if ('wampOptions' in factory && 'noteError' in factory) return factory as WampFactory
  throw new ApiMisuse('a WAMP protocol needs a WampServerFactory or a WampClientFactory')
}

/**
 * Checks the options of a factory as far as the WebSocket layer cannot: that they are an object, and that options of WAMP are in `wamp`.
 */
export function checkedFactoryOptions<Given extends { readonly wamp?: object }>(given: Given, where: string): Given {
  checkOptions<Readonly<Record<string, unknown>>>(given ?? null, { ...examples, ...anyOf(given) }, where)
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(wampSettings, name)) {
      throw new ApiMisuse(`option ${name} is an option of WAMP: write { wamp: { ${name}: … } }`)
    }
    const hint = unknownOption(name, ['wamp'], where)
    if (name !== 'wamp' && hint.includes('did you mean')) throw new ApiMisuse(hint)
  }
  checkOptions<Partial<WampOptions>>(given.wamp, wampSettings, 'wamp')
  return given
}

/** Makes checks that accept any value, for names that the factory of the WebSocket layer checks. */
function anyOf(given: unknown): Readonly<Record<string, typeof anyValue>> {
  const names = typeof given === 'object' && given !== null ? Object.keys(given) : []
  return Object.fromEntries(names.map(name => [name, anyValue]))
}

/** Some options as examples, for the error about a value that is not an object of options. */
const examples = { protocol: anyValue, protocols: anyValue, wamp: anyValue }

/** The default of `maxMessagePayloadSize` for WAMP, in octets. Calls and events are small. */
export const wampMessageSize: number = 1024 * 1024
