/// <reference lib="esnext.disposable" preserve="true" />

import { ApiMisuse, checkOptions, type OptionChecks, optionCheck, shownValue } from '@autobahn-ts/websocket/portable'
import type { ClientLife, UntypedClient } from '../client/client.ts'
import type { Registration, Subscription } from '../client/registration.ts'
import type { Invocation } from '../session/invocation.ts'
import { WampError } from '../session/wamp-error.ts'
import { type Method, proceduresOf, topicsOf } from './decorators.ts'

/** Options of `attachComponent`. */
export interface AttachOptions {
  /** The beginning of the URIs of methods whose decorator has none, such as `com.example.`. */
  readonly prefix?: string
}

/** The registrations and subscriptions of an object. */
export interface Component {
  readonly registrations: readonly Registration[]
  readonly subscriptions: readonly Subscription[]
  /** Ends all of them. */
  detach(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Registers the methods of an object that `@procedure` marks, and subscribes those that `@topic` marks. Resolves when the router has confirmed all of
 * them; where it refuses one, the others are taken back.
 *
 * Throws `ApiMisuse` for an object without such methods, and for a method without a URI where there is no prefix.
 */
export async function attachComponent(
  client: ClientLife & { readonly untyped: UntypedClient },
  object: object,
  options: AttachOptions = {},
): Promise<Component> {
  checkOptions<AttachOptions>(options, attachOptions, 'attachComponent')
  if (typeof object !== 'object' || object === null) throw new ApiMisuse(`attachComponent takes an object, and not ${shownValue(object)}`)
  const [procedures, topics] = [proceduresOf(object), topicsOf(object)]
  if (procedures.length + topics.length === 0) throw new ApiMisuse('the object has no method with @procedure or @topic')
  const uriOf = ({ uri, hasUri }: { readonly uri: string; readonly hasUri: boolean }): string => {
    if (hasUri) return uri
    if (options.prefix === undefined) throw new ApiMisuse(`the decorator of ${uri} has no URI: give it one, or attachComponent a prefix`)
    return options.prefix + uri
  }
  // before anything is registered, because it throws
  const uris = new Map([...procedures, ...topics].map(decorated => [decorated.method, uriOf(decorated)]))
  const { untyped } = client
  const registering = procedures.map(({ method, options: { takesInvocation = false, ...rest } }) => {
    return untyped.register(uris.get(method)!, takesInvocation ? whole(object, method) : plain(object, method), rest)
  })
  const subscribing = topics.map(({ method, options: rest }) => untyped.subscribe(uris.get(method)!, whole(object, method), rest))
  // at once, because a subscription may fail while the router confirms a registration
  const [registered, subscribed] = await Promise.all([Promise.allSettled(registering), Promise.allSettled(subscribing)])
  const component = new AttachedComponent(fulfilled(registered), fulfilled(subscribed))
  const failure = [...registered, ...subscribed].find(outcome => outcome.status === 'rejected')
  if (failure === undefined) return component
  await component.detach()
  throw failure.reason
}

class AttachedComponent implements Component {
  readonly registrations: readonly Registration[]
  readonly subscriptions: readonly Subscription[]

  constructor(registrations: readonly Registration[], subscriptions: readonly Subscription[]) {
    this.registrations = registrations
    this.subscriptions = subscriptions
  }

  async detach(): Promise<void> {
    const ends = [...this.registrations.map(each => each.unregister()), ...this.subscriptions.map(each => each.unsubscribe())]
    await Promise.all(ends)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.detach()
  }
}

/** Hands the whole invocation or event to a method. */
function whole(object: object, method: Method): (given: unknown) => unknown {
  return given => method.call(object, given)
}

/** Hands the positional arguments to a method. Keywords, which it cannot get, are refused. */
function plain(object: object, method: Method): (invocation: Invocation) => unknown {
  return ({ args, kwargs }) => {
    for (const name in kwargs) throw new WampError('wamp.error.invalid_argument', [`the procedure takes no keywords, and got ${name}`])
    return method.apply(object, [...args])
  }
}

function fulfilled<Value>(outcomes: readonly PromiseSettledResult<Value>[]): Value[] {
  return outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

const attachOptions: OptionChecks<AttachOptions> = { prefix: optionCheck('a string', value => typeof value === 'string') }
