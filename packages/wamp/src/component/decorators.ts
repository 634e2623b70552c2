import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { RegisterOptions, SubscribeOptions } from '../client/request-options.ts'
import { isPlain } from '../messages/is-plain.ts'
import type { Uri } from '../messages/message.ts'

/** A function with any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked where the method is written, not here
export type Method = (this: any, ...args: any[]) => unknown

/** A standard decorator of methods. */
export type MethodDecorator = (method: Method, context: DecoratorContext) => void

/** The second argument of a decorator (TC39, stage 3). Declared here because portable code has no library of decorators. */
interface DecoratorContext {
  readonly kind: string
  readonly static: boolean
  readonly private: boolean
}

/** Options of `@procedure`. */
export interface ProcedureOptions extends RegisterOptions {
  /** Whether the method gets the `Invocation`, with keywords, details and signal, in place of the positional arguments. Default: false. */
  readonly takesInvocation?: boolean
}

/** Options of `@topic`. */
export type TopicOptions = SubscribeOptions

/**
 * Marks a method as a procedure: it gets the positional arguments, and answers with what it returns. Without a URI its name is the end of one.
 *
 * If a method has several decorators, this must be the outermost: the function that it decorates is called.
 */
export function procedure(uri?: Uri, options: ProcedureOptions = {}): MethodDecorator {
  return decorator('procedure', uri, options, method => procedures.set(method, { uri, options }))
}

/** Marks a method as a handler of the events of a topic: it gets the `WampEvent`. Without a URI its name is the end of one. */
export function topic(uri?: Uri, options: TopicOptions = {}): MethodDecorator {
  return decorator('topic', uri, options, method => topics.set(method, { uri, options }))
}

/** A decorated method of an object. */
export interface Decorated<Options> {
  /** The URI of the decorator, or the name of the method. */
  readonly uri: Uri
  /** Whether the decorator had a URI. */
  readonly hasUri: boolean
  readonly method: Method
  readonly options: Options
}

/** Finds the methods of an object that `@procedure` marks. */
export function proceduresOf(object: object): Decorated<ProcedureOptions>[] {
  return decoratedIn(procedures, object)
}

/** Finds the methods of an object that `@topic` marks. */
export function topicsOf(object: object): Decorated<TopicOptions>[] {
  return decoratedIn(topics, object)
}

interface Mark<Options> {
  readonly uri: Uri | undefined
  readonly options: Options
}

const procedures = new WeakMap<Method, Mark<ProcedureOptions>>()
const topics = new WeakMap<Method, Mark<TopicOptions>>()

function decorator(name: string, uri: unknown, options: unknown, mark: (method: Method) => void): MethodDecorator {
  if (uri !== undefined && typeof uri !== 'string') {
    throw new ApiMisuse(`@${name} takes a URI, and not a ${typeof uri}: write @${name}() for the name of the method`)
  }
  if (!isPlain(options)) throw new ApiMisuse(`the options of @${name} must be an object, and not ${shownValue(options)}`)
  return (method, context) => {
    if (typeof context !== 'object' || context === null || context.kind !== 'method') {
      throw new ApiMisuse(`@${name} is a standard decorator of methods; switch experimentalDecorators off`)
    }
    if (context.static || context.private) throw new ApiMisuse(`@${name} is for methods of objects that are neither static nor private`)
    mark(method)
  }
}

/** Looks along the prototypes, the class of the object first. A name counts once. */
function decoratedIn<Options>(marks: WeakMap<Method, Mark<Options>>, object: object): Decorated<Options>[] {
  const found: Decorated<Options>[] = []
  const seen = new Set<string>()
  for (let owner: object | null = object; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (seen.has(name)) continue
      seen.add(name)
      const mark = typeof value === 'function' ? marks.get(value) : undefined
      if (mark === undefined) continue
      found.push({ uri: mark.uri ?? name, hasUri: mark.uri !== undefined, method: value, options: mark.options })
    }
  }
  return found
}
