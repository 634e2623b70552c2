import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { html } from '../../src/report/markup.ts'
import { page } from '../../src/report/page.ts'

describe('page', () => {
  it('allows its own style and program by their hashes, and nothing else', () => {
    const text = page({ title: 'a <title>', body: html`<p>body</p>`, kind: 'matrix' })
    for (const name of ['style', 'script']) {
      const content = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1] ?? ''
      const hash = createHash('sha256').update(content).digest('base64')
      expect(policyOf(text)).toContain(`${name}-src 'sha256-${hash}'`)
    }
    expect(policyOf(text)).toContain("default-src 'none'")
    expect(text).toContain('<title>a &#60;title&#62;</title>')
  })

  it('has no program for a page of a case', () => {
    expect(page({ title: '', body: html``, kind: 'case' })).not.toContain('<script')
  })
})

function policyOf(text: string): string {
  return (/content="(default-src[^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&#39;', "'")
}
