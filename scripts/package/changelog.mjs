/**
 * Returns the changelog as a package contains it: without the sections that are headed by the names of other packages alone. Links to them lead to the
 * whole changelog.
 *
 * @param {string} text the changelog of the repository
 * @param {string} name the name of the package
 * @param {string} file the path of the changelog in the repository
 * @returns {string}
 */
export function changelogOf(text, name, file) {
  const kept = []
  const dropped = new Set()
  let isOfOthers = false
  let level = 0
  for (const line of text.split('\n')) {
    const [, marks, title = ''] = /^(#+) (.*)$/.exec(line) ?? []
    if (marks !== undefined && (!isOfOthers || marks.length <= level)) {
      level = marks.length
      isOfOthers = isPackages.test(title) && !title.includes(`\`${name}\``)
    }
    if (!isOfOthers) kept.push(line)
    else if (marks !== undefined) dropped.add(anchorOf(title))
  }
  return kept.join('\n').replaceAll(/\]\(#([^)]*)\)/g, (link, anchor) => (dropped.has(anchor) ? `](${file}#${anchor})` : link))
}

/** A title that consists of names of packages. */
const isPackages = /^`[^`]+`(?:(?:,| and) `[^`]+`)*$/

/**
 * Returns the anchor that web pages of repositories give a heading.
 *
 * @param {string} title
 */
function anchorOf(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
