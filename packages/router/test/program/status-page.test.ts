import { describe, expect, it } from 'vitest'
import { statusPage } from '../../src/program/status-page.ts'

describe('the page', () => {
  it('loads nothing from elsewhere, and puts texts of clients in as text alone', () => {
    expect(statusPage).not.toMatch(/https?:/)
    expect(statusPage).not.toContain('innerHTML')
    expect(statusPage).not.toContain('insertAdjacentHTML')
  })
})
