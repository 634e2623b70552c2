import { expect, it } from 'vitest'
import { findings } from '../../src/report/finding.ts'
import { badge, signs } from '../../src/report/verdict-badge.ts'

it('gives each finding a sign of its own, and a word for those who do not see it', () => {
  expect(new Set(Object.values(signs)).size).toBe(findings.length)
  for (const finding of findings) expect(String(badge(finding))).toContain(`<span class="spoken">${finding}</span>`)
})
