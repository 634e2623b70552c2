const mark = /<!-- figures: ([^\n]*?) -->([\s\S]*?)<!-- \/figures -->/g

/**
 * Inserts figures into a text between its marks, `<!-- figures: NAME -->` and `<!-- /figures -->`.
 *
 * A figure of several lines stands on lines of its own. Throws an `Error` for a name without a figure, for a mark without its end, and for a
 * short figure at the beginning of a line, where Markdown would take the rest of the line for HTML.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} figures
 */
export function withFigures(text, figures) {
  const left = text.replaceAll(mark, '')
  if (/<!-- \/?figures/.test(left)) throw new Error('a mark of figures has no closing mark')
  return text.replaceAll(mark, (_whole, name, _before, at) => {
    const figure = figures[name]
    if (figure === undefined) throw new Error(`there are no figures named ${name}; known names: ${Object.keys(figures).join(', ')}`)
    const beginsLine = at === 0 || text[at - 1] === '\n'
    if (figure.includes('\n') !== beginsLine)
      throw new Error(`the figures ${name} stand ${beginsLine ? '' : 'not '}at the beginning of a line`)
    return `<!-- figures: ${name} -->${beginsLine ? `\n${figure}\n` : figure}<!-- /figures -->`
  })
}

/**
 * Returns the names of the marks of a text.
 *
 * @param {string} text
 */
export function namesIn(text) {
  return [...text.matchAll(mark)].map(([, name = '']) => name)
}

/**
 * Removes the figures from a text.
 *
 * @param {string} text
 */
export function withoutFigures(text) {
  return text.replaceAll(mark, '')
}
