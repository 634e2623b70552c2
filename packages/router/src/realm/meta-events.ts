import type { Id, Uri } from '@autobahn-ts/wamp/protocol'
import type { Broker, SubscriptionEvents } from '../broker/broker.ts'
import type { Subscription } from '../broker/subscription.ts'
import type { RegistrationEvents } from '../dealer/dealer.ts'
import type { Registration } from '../dealer/registration.ts'
import { registrationDetails } from './registration-procedures.ts'
import { subscriptionDetails } from './subscription-procedures.ts'

/** Publishes the events `wamp.…` about subscriptions and registrations. */
export class MetaEvents implements SubscriptionEvents, RegistrationEvents {
  #broker: Broker | undefined

  /** Sets the broker, which is made with this object. Histories exist before, and nobody is told of them. */
  publishOn(broker: Broker): void {
    this.#broker = broker
  }

  subscriptionCreated(session: Id, subscription: Subscription): void {
    this.#publish('wamp.subscription.on_create', [session, subscriptionDetails(subscription)])
  }

  subscribed(session: Id, { id }: Subscription): void {
    this.#publish('wamp.subscription.on_subscribe', [session, id])
  }

  unsubscribed(session: Id, { id }: Subscription): void {
    this.#publish('wamp.subscription.on_unsubscribe', [session, id])
  }

  subscriptionDeleted(session: Id, { id }: Subscription): void {
    this.#publish('wamp.subscription.on_delete', [session, id])
  }

  registrationCreated(session: Id, registration: Registration): void {
    this.#publish('wamp.registration.on_create', [session, registrationDetails(registration)])
  }

  registered(session: Id, { id }: Registration): void {
    this.#publish('wamp.registration.on_register', [session, id])
  }

  unregistered(session: Id, { id }: Registration): void {
    this.#publish('wamp.registration.on_unregister', [session, id])
  }

  registrationDeleted(session: Id, { id }: Registration): void {
    this.#publish('wamp.registration.on_delete', [session, id])
  }

  #publish(topic: Uri, args: readonly unknown[]): void {
    this.#broker?.publishOwn(topic, args)
  }
}
