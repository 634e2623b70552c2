import { expect, it } from 'vitest'
import { findings } from '../../src/report/finding.ts'
import { badge, signs } from '../../src/report/verdict-badge.ts'

it('has a different sign for each finding, and a word for screen readers', () => {
  expect(new Set(Object.values(signs)).size).toBe(findings.length)
  for (const finding of findings) expect(String(badge(finding))).toContain(`<span class="spoken">${finding}</span>`)
})
