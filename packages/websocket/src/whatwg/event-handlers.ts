/** A value of an attribute such as `onmessage`. */
export type EventHandler = object | null

/**
 * The event handler attributes of one object, such as `onopen` (HTML, §8.1.8.1).
 *
 * A handler takes its place among the listeners when it is set, and keeps it when another one replaces it.
 */
export class EventHandlers {
  readonly #target: EventTarget
  readonly #active = new Map<string, ActiveHandler>()

  constructor(target: EventTarget) {
    this.#target = target
  }

  /** Returns the handler of a type of events; `null` where there is none. */
  handler(type: string): EventHandler {
    return this.#active.get(type)?.handler ?? null
  }

  /** Sets the handler of a type of events. Anything but an object or a function removes it. */
  set(type: string, value: unknown): void {
    const active = this.#active.get(type)
    if (!isObject(value)) {
      if (active === undefined) return
      this.#active.delete(type)
      this.#target.removeEventListener(type, active.listener)
    } else if (active === undefined) {
      this.#activate(type, value)
    } else {
      active.handler = value
    }
  }

  #activate(type: string, handler: object): void {
    const active: ActiveHandler = {
      handler,
      listener: event => {
        const called = active.handler
        // an object that is not a function is kept, and never called
        if (typeof called === 'function') Reflect.apply(called, event.currentTarget, [event])
      },
    }
    this.#active.set(type, active)
    this.#target.addEventListener(type, active.listener)
  }
}

interface ActiveHandler {
  handler: object
  readonly listener: (event: Event) => void
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}
