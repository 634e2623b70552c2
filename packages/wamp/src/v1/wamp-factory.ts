import { ApiMisuse, type Clock, defaultsOf, resolveOptions } from '@autobahn-ts/websocket/portable'
import type { List } from './message.ts'
import { type WampOptions, wampOptions } from './options.ts'

/** What a protocol needs of the factory that made it: the seed's `WampFactory`, and the port for factories of other runtimes. */
export interface WampFactory {
  readonly wampOptions: WampOptions
  readonly clock: Clock
  /** From a message to the text on the wire. Throws where the message cannot be said in it. */
  serialize(message: List): string
  /** And back. Throws where the text is none of the format. */
  unserialize(text: string): unknown
  /** Reports what a handler threw and no peer is told. Never throws. */
  noteError(error: unknown, protocol: object): void
}

/** A protocol object belongs to a WAMP factory. */
export function wampFactoryOf(protocol: { readonly factory: object }): WampFactory {
  const { factory } = protocol
  if ('wampOptions' in factory && 'noteError' in factory) return factory as WampFactory
  throw new ApiMisuse('a WAMP protocol belongs to a WampServerFactory or a WampClientFactory')
}

/** JSON, as it is on the wire unless a factory overrides it. */
export function toJson(message: List): string {
  return JSON.stringify(message)
}

export function fromJson(text: string): unknown {
  return JSON.parse(text)
}

/** The WAMP options of a factory, new ones over those it had. */
export function resolvedWampOptions(given: Partial<WampOptions>, base: WampOptions = defaultsOf(wampOptions)): WampOptions {
  return resolveOptions(wampOptions, base, given)
}

/** What is given to the layer below, which knows no option of WAMP and would say that there is none. */
export function withoutWampOptions<Given extends object>(given: Given): Given {
  const misplaced = Object.keys(given).find(name => Object.hasOwn(wampOptions, name))
  if (misplaced === undefined) return given
  throw new ApiMisuse(`option ${misplaced} is one of WAMP, which are given as { wamp: { ${misplaced}: … } }`)
}

/** Octets of the largest message that is accepted unless `maxMessagePayloadSize` is given: calls and events are small. */
export const wampMessageSize: number = 1024 * 1024
