const mark = /<!-- figures: ([^\n]*?) -->([\s\S]*?)<!-- \/figures -->/g

/**
 * The text with the figures that belong between its marks, `<!-- figures: NAME -->` and `<!-- /figures -->`.
 *
 * A figure of several lines stands on lines of its own. Throws an `Error` for a name without a figure, for a mark without its end, and for a
 * short figure at the beginning of a line, where Markdown would take the rest of the line for HTML.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} figures
 */
export function withFigures(text, figures) {
  const left = text.replaceAll(mark, '')
  if (/<!-- \/?figures/.test(left)) throw new Error('a mark of figures has no other end')
  return text.replaceAll(mark, (_whole, name, _before, at) => {
    const figure = figures[name]
    if (figure === undefined) throw new Error(`no figures are named ${name}; there are: ${Object.keys(figures).join(', ')}`)
    const beginsLine = at === 0 || text[at - 1] === '\n'
    if (figure.includes('\n') !== beginsLine)
      throw new Error(`the figures ${name} stand ${beginsLine ? '' : 'not '}at the beginning of a line`)
    return `<!-- figures: ${name} -->${beginsLine ? `\n${figure}\n` : figure}<!-- /figures -->`
  })
}

/**
 * The names between the marks of a text.
 *
 * @param {string} text
 */
export function namesIn(text) {
  return [...text.matchAll(mark)].map(([, name = '']) => name)
}

/**
 * The text without its figures.
 *
 * @param {string} text
 */
export function withoutFigures(text) {
  return text.replaceAll(mark, '')
}
