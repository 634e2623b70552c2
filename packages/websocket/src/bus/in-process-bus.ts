import type { Octets } from '../bytes/octets.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { BusHub, type HubMember } from './bus-hub.ts'
import { type BusLink, type ClosableBus, LinkedBus } from './linked-bus.ts'

/** The options of a bus within one process, and of one over `node:cluster`. */
export interface BusOptions {
  /** Called with what handlers of subscriptions throw, and with other errors that have no recipient. Default: prints them. */
  readonly onError?: (error: Error) => void
}

/**
 * A bus within one process: for tests, and for programs that shall later span several. Each call of `connect` adds a participant, as each
 * process is one on other buses.
 */
export class InProcessBus {
  readonly #hub = new BusHub()
  readonly #onError: ((error: Error) => void) | undefined

  /** Throws `ApiMisuse` for options that do not exist. */
  constructor(options: BusOptions = {}) {
    checkOptions<BusOptions>(options, busOptions, 'InProcessBus')
    this.#onError = options.onError
  }

  /** Adds a participant. */
  connect(): ClosableBus {
    return hubBus(this.#hub, this.#onError)
  }
}

/** Makes a participant of a hub. */
export function hubBus(hub: BusHub, onError: ((error: Error) => void) | undefined): ClosableBus {
  const member = hub.join((subject, octets) => bus.deliver(subject, octets))
  const bus = new LinkedBus(new HubLink(member), onError && (thrown => onError(asError(thrown))))
  return bus
}

/** The link to a hub in the same process. */
class HubLink implements BusLink {
  readonly isConnected = true
  readonly #member: HubMember

  constructor(member: HubMember) {
    this.#member = member
  }

  publish(subject: string, octets: Octets): Promise<void> {
    this.#member.publish(subject, octets)
    return done
  }

  ask(pattern: string): Promise<void> {
    this.#member.subscribe(pattern)
    return done
  }

  drop(pattern: string): void {
    this.#member.unsubscribe(pattern)
  }

  close(): Promise<void> {
    this.#member.leave()
    return done
  }
}

export const busOptions: OptionChecks<BusOptions> = { onError: someFunction }

const done = Promise.resolve()
