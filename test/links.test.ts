import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter(page => existsSync(join(root, page)))

describe('every link of every page leads to a file of the repository, and to a heading that is there', () => {
  it.each(pages)('%s', page => {
    expect(linksOf(textOf(page)).filter(link => !resolves(page, link))).toEqual([])
  })
})

it.each([
  ['README.md', 'docs/nowhere.md'],
  ['docs/router.md', 'README.md'],
  ['README.md', '#no-such-heading'],
  ['README.md', 'docs/router.md#no-such-heading'],
  ['README.md', '../outside.md'],
])('a link in %s that leads nowhere is found: %s', (page, link) => {
  expect(resolves(page, link)).toBe(false)
})

function resolves(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? page : join(dirname(page), decodeURI(path))
  if (target.startsWith('..') || !existsSync(join(root, target))) return false
  return heading === undefined || !target.endsWith('.md') || headingsOf(textOf(target)).has(heading)
}

/** Reads a page without its blocks and words of code, in which nothing is a link or a heading. */
function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^( *)```[\s\S]*?^\1```/gm, '')
}

/** Returns the targets of the links to files and headings. Those with a scheme lead elsewhere. */
function linksOf(text: string): string[] {
  const plain = text.replace(/`[^`\n]*`/g, '')
  const targets = [...plain.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g), ...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)]
  return targets.map(([, target]) => target ?? '').filter(target => !/^[a-z]+:/.test(target))
}

/** Returns the names by which links reach the headings of a page: letters, digits and dashes; a heading that is there again has a number. */
function headingsOf(text: string): Set<string> {
  const known = new Map<string, number>()
  return new Set(
    [...text.matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading = '']) => {
      const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
      const name = words
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-')
      const before = known.get(name) ?? 0
      known.set(name, before + 1)
      return before === 0 ? name : `${name}-${before}`
    }),
  )
}
