import { ApiMisuse, type Clock, defaultsOf, resolveOptions } from '@autobahn-ts/websocket/portable'
import { type WampOptions, wampSettings } from '../ports/options.ts'

/** The options of WAMP of one factory, and the clock that its connections run on. Every kind of factory has one. */
export class WampSettings {
  #options: WampOptions
  #clock: Clock | undefined

  constructor(given: Partial<WampOptions> = {}) {
    this.#options = resolveOptions(wampSettings, defaultsOf(wampSettings), given, 'wamp')
  }

  get options(): WampOptions {
    return this.#options
  }

  /** Changes options; those that are not given stay. Throws `ApiMisuse` for a name or a value that does not fit. */
  change(options: Partial<WampOptions>): void {
    this.#options = resolveOptions(wampSettings, this.#options, options, 'wamp')
  }

  /** The clock of the runtime, which a connection brings. Throws `ApiMisuse` before the first one. */
  get clock(): Clock {
    if (this.#clock === undefined) throw new ApiMisuse('the factory has no connection yet')
    return this.#clock
  }

  set clock(clock: Clock) {
    this.#clock = clock
  }
}
