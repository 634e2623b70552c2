import { ApiMisuse, checkOptions } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'
import type { Method } from '../../hooks/method.ts'

/** What a decorated method is exported as: the end of its URI, and for topics whether it stands for all that begin with it. */
export interface Exported {
  /** `undefined`: the method's name. */
  readonly id: string | undefined
  readonly prefixMatch: boolean
}

export interface ExportTopicOptions {
  /** The handler is for all topics that begin with its URI. Default: for this one alone. */
  readonly prefixMatch?: boolean
}

type Decorator = (method: Method, context: DecoratorContext) => void

/** What TypeScript and the standard (TC39, stage 3) give a decorator; declared here because portable code has no library of decorators. */
interface DecoratorContext {
  readonly kind: string
  readonly static: boolean
  readonly private: boolean
}

/**
 * `@exportRpc`, `@exportRpc()` or `@exportRpc('id')`: `registerForRpc` finds the method, under its name or the id.
 *
 * The outermost decorator of the method, where there are several: what it is put on is what is called.
 */
export function exportRpc(method: Method, context: DecoratorContext): void
export function exportRpc(id?: string): Decorator
export function exportRpc(first?: Method | string, context?: DecoratorContext): Decorator | void {
  const decorator = decoratorFor('exportRpc', procedures, typeof first === 'function' ? undefined : first, {})
  return typeof first === 'function' ? decorator(first, context as DecoratorContext) : decorator
}

/** `@exportSub('id', { prefixMatch })`: `registerHandlerForPubSub` has the method decide who may subscribe. */
export function exportSub(id: string, options: ExportTopicOptions = {}): Decorator {
  return decoratorFor('exportSub', subscribeHandlers, id, options)
}

/** `@exportPub('id', { prefixMatch })`: `registerHandlerForPubSub` has the method see, change or refuse what is published. */
export function exportPub(id: string, options: ExportTopicOptions = {}): Decorator {
  return decoratorFor('exportPub', publishHandlers, id, options)
}

export interface ExportedMethod {
  readonly name: string
  readonly id: string
  readonly method: Method
  readonly prefixMatch: boolean
}

/** Finds the methods with `@exportRpc`, or those of them that are named. Throws `ApiMisuse` for an object or a name without one. */
export function exportedProcedures(object: object, names?: readonly string[]): ExportedMethod[] {
  const exported = exportedIn(procedures, object)
  const missing = names?.find(name => !exported.some(method => method.name === name))
  if (missing !== undefined) throw new ApiMisuse(`the object has no method ${missing} with @exportRpc`)
  if (exported.length === 0) throw new ApiMisuse('the object has no method with @exportRpc')
  return names === undefined ? exported : exported.filter(({ name }) => names.includes(name))
}

export function exportedSubscribeHandlers(object: object): ExportedMethod[] {
  return exportedIn(subscribeHandlers, object)
}

export function exportedPublishHandlers(object: object): ExportedMethod[] {
  return exportedIn(publishHandlers, object)
}

/** Decorated functions are known by themselves: `Symbol.metadata` is missing on Node 20, and nothing has to be made for each object. */
const procedures = new WeakMap<Method, Exported>()
const subscribeHandlers = new WeakMap<Method, Exported>()
const publishHandlers = new WeakMap<Method, Exported>()

function decoratorFor(name: string, known: WeakMap<Method, Exported>, id: string | undefined, options: ExportTopicOptions): Decorator {
  if (id !== undefined && typeof id !== 'string') throw new ApiMisuse(`@${name} takes a string, and not ${typeof id}`)
  checkOptions<ExportTopicOptions>(options, { prefixMatch: aBoolean }, name)
  const { prefixMatch = false } = options
  return (method, context) => {
    if (typeof context !== 'object' || context === null || context.kind !== 'method') {
      throw new ApiMisuse(`@${name} is a standard decorator of methods; switch experimentalDecorators off`)
    }
    if (context.static || context.private) throw new ApiMisuse(`@${name} is for methods of objects that are neither static nor private`)
    known.set(method, { id, prefixMatch })
  }
}

/** The decorated methods that the object has: an override counts as what it is itself, not as what it overrides. */
function exportedIn(known: WeakMap<Method, Exported>, object: object): ExportedMethod[] {
  const found: ExportedMethod[] = []
  const seen = new Set<string>()
  for (let owner: object | null = object; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (seen.has(name)) continue
      seen.add(name)
      const exported = typeof value === 'function' ? known.get(value) : undefined
      if (exported !== undefined) found.push({ name, id: exported.id ?? name, method: value, prefixMatch: exported.prefixMatch })
    }
  }
  return found
}
