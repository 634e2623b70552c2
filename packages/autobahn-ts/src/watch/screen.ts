/** The parts of a terminal that are used. */
export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/** A terminal that is redrawn as a whole. What it had before is there again when it is left. */
export class Screen {
  readonly #terminal: Terminal
  #isEntered = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 80, rows = 24 } = this.#terminal
    return { columns, rows }
  }

  /** Draws lines, which have to fit. A line that is shorter than before leaves nothing of it, and the lines below are cleared. */
  draw(lines: readonly string[]): void {
    const enter = this.#isEntered ? '' : alternate + hideCursor
    this.#isEntered = true
    this.#terminal.write(`${enter}${home}${lines.map(line => `${line}${clearLine}`).join('\n')}${clearBelow}`)
  }

  /** Leaves the terminal as it was. Does nothing where nothing was drawn. */
  leave(): void {
    if (!this.#isEntered) return
    this.#isEntered = false
    this.#terminal.write(showCursor + back)
  }
}

const control = '\u001b['
const alternate = `${control}?1049h`
const back = `${control}?1049l`
const hideCursor = `${control}?25l`
const showCursor = `${control}?25h`
const home = `${control}H`
const clearLine = `${control}K`
const clearBelow = `${control}J`
