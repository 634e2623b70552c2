/** A line of the chat, in the form that pages receive. */
export interface ChatLine {
  /** A number that counts up, so that a page that reconnects knows which lines it has seen. */
  readonly id: number
  /** The number of the guest who said it; 0 for a guest of another server. */
  readonly from: number
  readonly name: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A guest in the room. Several guests may have the same name; the number tells them apart. */
export interface Guest {
  readonly number: number
  name: string
}

/** The guests and the latest lines of the chat. It does not know about connections. */
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

  /** The latest lines, oldest first; their number is limited. */
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
    return this.#add(guest.number, guest.name, text)
  }

  /** Adds a line that a guest of another server has said. */
  hear(name: string, text: string): ChatLine {
    return this.#add(0, name, text)
  }

  #add(from: number, name: string, text: string): ChatLine {
    const line = { id: ++this.#lineCount, from, name, text, at: this.#now() }
    this.#lines.push(line)
    if (this.#lines.length > mostLines) this.#lines.shift()
    return line
  }
}

export const mostLines = 50
