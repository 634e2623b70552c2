/** Something that was said, as pages are told. */
export interface ChatLine {
  /** Counts up; a page that comes back knows what it has seen. */
  readonly id: number
  /** The number of the guest who said it. */
  readonly from: number
  readonly name: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Someone in the room. Names are free and may be double; the number tells guests apart. */
export interface Guest {
  readonly number: number
  name: string
}

/** Who is there and what was said lately. Knows nothing of connections. */
export class ChatRoom {
  readonly #now: () => number
  readonly #guests = new Set<Guest>()
  readonly #lines: ChatLine[] = []
  #guestCount = 0
  #lineCount = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  get present(): number {
    return this.#guests.size
  }

  /** The latest lines, oldest first; a bounded number. */
  get history(): readonly ChatLine[] {
    return this.#lines
  }

  enter(): Guest {
    const number = ++this.#guestCount
    const guest = { number, name: `Guest ${number}` }
    this.#guests.add(guest)
    return guest
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest)
  }

  say(guest: Guest, text: string): ChatLine {
    const line = { id: ++this.#lineCount, from: guest.number, name: guest.name, text, at: this.#now() }
    this.#lines.push(line)
    if (this.#lines.length > mostLines) this.#lines.shift()
    return line
  }
}

export const mostLines = 50
