/**
 * How long something is waited for, counted in turns of the event loop that came when they were due.
 *
 * A busy machine is slow for the testee as well. A slice of the wait that took twice as long as planned counts half, so that the patience grows
 * with the delay that is measured: up to three times, because a hostile testee can keep this process busy, too.
 */
export class Patience {
  readonly #milliseconds: number
  readonly #now: () => number
  readonly #start: number
  #spent = 0
  #planned = 0
  #began: number

  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#milliseconds = seconds * 1000
    this.#now = now
    this.#began = this.#start = now()
  }

  get isOver(): boolean {
    return this.#spent >= this.#milliseconds || this.#now() - this.#start >= mostTimes * this.#milliseconds
  }

  /** Begins the next slice, and gives the milliseconds to wait for its end. */
  begin(): number {
    this.#began = this.#now()
    this.#planned = Math.max(1, Math.min(this.#milliseconds - this.#spent, Math.max(shortestSlice, this.#milliseconds / slices)))
    return this.#planned
  }

  /** The slice has ended: by its timer, or earlier because something happened. */
  end(): void {
    const took = this.#now() - this.#began
    this.#spent += took <= this.#planned ? took : this.#planned * (this.#planned / took)
  }
}

/** Calls back when the patience is over; the function that it gives calls that off. */
export function afterPatience(seconds: number, callback: () => void): () => void {
  const patience = new Patience(seconds)
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const next = (): void => {
    // What has arrived meanwhile is read first.
    if (patience.isOver) turn = setImmediate(callback)
    else
      timer = setTimeout(() => {
        patience.end()
        next()
      }, patience.begin())
  }
  next()
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}

const mostTimes = 3
const slices = 100
/** Milliseconds: long beside the cost of a timer. */
const shortestSlice = 5
