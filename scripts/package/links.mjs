import { posix } from 'node:path'

/**
 * Makes the relative links of a Markdown page work where the page is published without the repository around it.
 *
 * A link to a file that is published too becomes relative to the page's new place. Every other link becomes the address of the file in the
 * repository, at the tag of the release; without a known repository it stays as it is.
 *
 * @param {string} text
 * @param {object} page
 * @param {string} page.from the page's path in the repository
 * @param {string} page.to the page's path in the package
 * @param {ReadonlyMap<string, string>} page.published the paths in the package of what is published, by the paths in the repository
 * @param {string | undefined} page.web the address of the repository's page
 * @param {string} page.tag the tag of the release
 * @returns {string}
 */
export function withWorkingLinks(text, { from, to, published, web, tag }) {
  return outsideCode(text, part => part.replace(link, (_, before, target, after) => `${before}${addressOf(target) ?? target}${after}`))

  /** @param {string} target */
  function addressOf(target) {
    if (target === '' || target.startsWith('#') || /^[a-z][a-z+.-]*:/i.test(target)) return undefined
    const [, path = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(target) ?? []
    const file = posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '')
    const place = published.get(file)
    if (place !== undefined) return posix.relative(posix.dirname(to), place) + fragment
    if (web === undefined || file.startsWith('..')) return undefined
    return `${web}/${path.endsWith('/') ? 'tree' : 'blob'}/${tag}/${file}${fragment}`
  }
}

/**
 * Changes a page's text and leaves its blocks of code alone, where brackets and parentheses are a program's.
 *
 * @param {string} text
 * @param {(part: string) => string} change
 */
function outsideCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('')
}

/** A link's or a picture's target: `](target)`, `](target "title")`, and `[name]: target` at the beginning of a line. */
const link = /(\]\(|^\[[^\]]+\]: *)([^\s)]*)((?: "[^"]*")?\)|(?=\s|$))/gm
