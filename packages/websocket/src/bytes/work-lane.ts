/**
 * Serializes large pieces of work of all connections that share the lane, because unfinished results take memory.
 *
 * Small and large work wait in queues of their own, and one of each kind is in progress at a time. Large work calls `pause` between its
 * pieces and lets one small work pass. So small work never waits for the end of a large one, and large work always makes progress.
 */
export class WorkLane {
  readonly #small = new Queue(false)
  readonly #large = new Queue(true)

  /** Whether any work is in progress or waits. */
  get isBusy(): boolean {
    return this.#small.first !== undefined || this.#large.first !== undefined
  }

  /** Requests a place among the small work. Its `entered` resolves when the work may begin. */
  enterSmall(): Place {
    return this.#small.add(false)
  }

  /** Requests a place among the large work. `hasBegun`: the work holds results already, and precedes all that has not begun. */
  enterLarge(hasBegun: boolean): Place {
    return this.#large.add(hasBegun)
  }

  /** Resolves when one small work is done; `undefined` where none is in progress. */
  pause(): Promise<void> | undefined {
    return this.#small.first?.left
  }
}

/** The place of a piece of work in a lane. */
export class Place {
  /** Resolves when the work may begin, and when the place is left. */
  readonly entered: Promise<void>
  readonly isLarge: boolean
  readonly #enter: () => void
  readonly #queue: Queue
  #left: Promise<void> | undefined
  #hasEntered = false
  #isOver = false
  #leave: (() => void) | undefined

  constructor(queue: Queue, isLarge: boolean) {
    let enter = (): void => undefined
    this.entered = new Promise(resolve => {
      enter = resolve
    })
    this.#enter = enter
    this.#queue = queue
    this.isLarge = isLarge
  }

  /** Whether the work may begin; true at once where no other is in progress. */
  get hasEntered(): boolean {
    return this.#hasEntered
  }

  /** Resolves when the place is left. */
  get left(): Promise<void> {
    this.#left ??= this.#isOver
      ? Promise.resolve()
      : new Promise(resolve => {
          this.#leave = resolve
        })
    return this.#left
  }

  /** Called by the queue when the work may begin. */
  enter(): void {
    this.#hasEntered = true
    this.#enter()
  }

  /** Leaves the place, so that the next work may begin. May be called at any time and more than once. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#queue.remove(this)
    this.enter()
    this.#leave?.()
  }
}

/** The places of one kind of work; the first is the one in progress. */
class Queue {
  readonly #isLarge: boolean
  readonly #places: Place[] = []

  constructor(isLarge: boolean) {
    this.#isLarge = isLarge
  }

  get first(): Place | undefined {
    return this.#places[0]
  }

  add(isNext: boolean): Place {
    const place = new Place(this, this.#isLarge)
    if (isNext && this.#places.length > 1) this.#places.splice(1, 0, place)
    else this.#places.push(place)
    if (this.first === place) place.enter()
    return place
  }

  remove(place: Place): void {
    const at = this.#places.indexOf(place)
    this.#places.splice(at, 1)
    if (at === 0) this.first?.enter()
  }
}

/** The lane of the process for incoming messages: they are decompressed and joined there, where that takes several turns. */
export const unfinishedMessages: WorkLane = new WorkLane()
