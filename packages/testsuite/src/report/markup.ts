/** HTML that is written as it is. `html` makes it, and `page` of the files of this package: what a testee said is a string, and escaped. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand between the words of a template; lists are joined, nothing is nothing. */
export type Content = string | number | Markup | undefined | readonly Content[]

/** A template of HTML: what is put in is escaped, but for markup that another template has made. Attributes must be in double quotes. */
export function html(words: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(words.map((word, n) => (n === 0 ? word : text(contents[n - 1]) + word)).join(''))
}

/** Escapes for text and for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

function text(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Markup) return content.toString()
  if (typeof content === 'string') return escaped(content)
  return typeof content === 'number' ? String(content) : content.map(text).join('')
}
