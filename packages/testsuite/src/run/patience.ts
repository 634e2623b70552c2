/**
 * A deadline that becomes longer on a busy machine, because such a machine slows the testee down as well. The wait is divided into slices.
 * A slice that took twice as long as planned counts half, so that the deadline grows with the measured delay: up to three times, because a
 * hostile testee can keep this process busy, too.
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

  /** Begins the next slice and returns its length in milliseconds. */
  begin(): number {
    this.#began = this.#now()
    this.#planned = Math.max(1, Math.min(this.#milliseconds - this.#spent, Math.max(shortestSlice, this.#milliseconds / slices)))
    return this.#planned
  }

  /** Ends the slice: called by its timer, or earlier when something happens. */
  end(): void {
    const took = this.#now() - this.#began
    this.#spent += took <= this.#planned ? took : this.#planned * (this.#planned / took)
  }
}

/** Calls back after the patience of so many seconds. Returns a function that cancels this. */
export function afterPatience(seconds: number, callback: () => void): () => void {
  const patience = new Patience(seconds)
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const next = (): void => {
    // Data that has arrived meanwhile is read first.
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
/** The shortest slice in milliseconds: long beside the cost of a timer. */
const shortestSlice = 5
