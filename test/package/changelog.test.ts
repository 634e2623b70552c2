import { describe, expect, it } from 'vitest'
import { changelogOf } from '../../scripts/package/changelog.mjs'

const whole = `# Changelog

## 1.1.0

### Breaking

#### \`@a/one\`

- one breaks, see [two](#aone) and [three](#athree)

#### \`@a/two\` and \`three\`

- two breaks

##### Why

- because

### New

- for all, see [below](#atwo-1)

### \`@a/two\`

- two
`

describe('the changelog of a package', () => {
  it('has what concerns the package, and what concerns all', () => {
    expect(changelogOf(whole, '@a/one', './CHANGELOG.md')).not.toMatch(/two breaks|because|- two/)
    expect(changelogOf(whole, '@a/one', './CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## 1\.1\.0\n\n### Breaking[\s\S]*- one breaks[\s\S]*### New\n\n- for all/,
    )
  })

  it('has the sections that name the package beside others', () => {
    expect(changelogOf(whole, 'three', './CHANGELOG.md')).toContain('two breaks')
    expect(changelogOf(whole, 'three', './CHANGELOG.md')).not.toContain('one breaks')
  })

  it('has nothing that compares a version with builds of it, which were never published', () => {
    const text =
      '## 1.0.0\n\n### Breaking, for those who have used a build of 1.0.0 before\n\n#### `one`\n\n- breaks\n\n### Mended since then\n\n- mended\n\n### All\n\n- all, see [that](#mended-since-then)\n'
    expect(changelogOf(text, 'one', './CHANGELOG.md')).toBe('## 1.0.0\n\n### All\n\n- all, see [that](./CHANGELOG.md#mended-since-then)\n')
  })

  it('leads to the whole changelog where a link is about a section that it does not have', () => {
    const text = '## `two`\n\n## `one`\n\nsee [that](#two), [this](#one)\n'
    expect(changelogOf(text, 'one', './CHANGELOG.md')).toBe('## `one`\n\nsee [that](./CHANGELOG.md#two), [this](#one)\n')
  })
})
