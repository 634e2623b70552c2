/**
 * HTML that is inserted without escaping. Only `html` and `page` make it, from the files of this package; what a testee said is a string,
 * and is escaped.
 */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** A value inside a template; lists are joined, `undefined` adds nothing. */
export type Content = string | number | Markup | undefined | readonly Content[]

/** A template of HTML. Values are escaped, except for markup that another template has made. Attributes must be in double quotes. */
export function html(words: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(words.map((word, n) => (n === 0 ? word : text(contents[n - 1]) + word)).join(''))
}

/** Escapes text, also for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

function text(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Markup) return content.toString()
  if (typeof content === 'string') return escaped(content)
  return typeof content === 'number' ? String(content) : content.map(text).join('')
}
