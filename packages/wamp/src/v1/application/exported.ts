import { ApiMisuse, checkOptions } from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'
import type { Method } from '../../hooks/method.ts'

/** The export of a decorated method. */
export interface Exported {
  /** The end of its URI; `undefined` for the method's name. */
  readonly id: string | undefined
  readonly prefixMatch: boolean
}

export interface ExportTopicOptions {
  /** Whether the handler is for all topics that begin with its URI. Default: false, for exactly this topic. */
  readonly prefixMatch?: boolean
}

type Decorator = (method: Method, context: DecoratorContext) => void

/** The second argument of a decorator (TC39, stage 3). Declared here because portable code has no library of decorators. */
interface DecoratorContext {
  readonly kind: string
  readonly static: boolean
  readonly private: boolean
}

/**
 * Marks a method for `registerForRpc`, under its name or the id: `@exportRpc`, `@exportRpc()` or `@exportRpc('id')`.
 *
 * If a method has several decorators, this must be the outermost: the function that it decorates is called.
 */
export function exportRpc(method: Method, context: DecoratorContext): void
export function exportRpc(id?: string): Decorator
export function exportRpc(first?: Method | string, context?: DecoratorContext): Decorator | void {
  const decorator = decoratorFor('exportRpc', procedures, typeof first === 'function' ? undefined : first, {})
  return typeof first === 'function' ? decorator(first, context as DecoratorContext) : decorator
}

/** Marks a method for `registerHandlerForPubSub` that decides who may subscribe: `@exportSub('id', { prefixMatch })`. */
export function exportSub(id: string, options: ExportTopicOptions = {}): Decorator {
  return decoratorFor('exportSub', subscribeHandlers, id, options)
}

/** Marks a method for `registerHandlerForPubSub` that sees, changes or refuses events: `@exportPub('id', { prefixMatch })`. */
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

/** The decorated functions themselves: `Symbol.metadata` is missing on Node 20, and so nothing is made for each object. */
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

/** Finds the decorated methods of an object. An override counts only if it is decorated itself. */
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
