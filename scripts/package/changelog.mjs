/**
 * Returns the changelog as a package contains it: without the sections that are headed by the names of other packages alone, and without those that compare a
 * version with builds of it that were never published: nobody has such a build from a registry. Links to them lead to the whole changelog.
 *
 * @param {string} text the changelog of the repository
 * @param {string} name the name of the package
 * @param {string} file the path of the changelog in the repository
 * @returns {string}
 */
export function changelogOf(text, name, file) {
  const kept = []
  const dropped = new Set()
  let isLeftOut = false
  let level = 0
  for (const line of text.split('\n')) {
    const [, marks, title = ''] = /^(#+) (.*)$/.exec(line) ?? []
    if (marks !== undefined && (!isLeftOut || marks.length <= level)) {
      level = marks.length
      isLeftOut = (isPackages.test(title) && !title.includes(`\`${name}\``)) || isAboutBuilds.test(title)
    }
    if (!isLeftOut) kept.push(line)
    else if (marks !== undefined) dropped.add(anchorOf(title))
  }
  return kept.join('\n').replaceAll(/\]\(#([^)]*)\)/g, (link, anchor) => (dropped.has(anchor) ? `](${file}#${anchor})` : link))
}

/** A title that consists of names of packages. */
const isPackages = /^`[^`]+`(?:(?:,| and) `[^`]+`)*$/

/** A title such as "Breaking, for those who have used a build of 0.1.0 before", and "New since then", which follows it. */
const isAboutBuilds = / have used a build of | since then$/

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
