import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escaped, html } from '../../src/report/markup.ts'

describe('html', () => {
  it('escapes values, but not markup of other templates', () => {
    const inner = html`<b>${'<&>'}</b>`
    expect(String(html`<p title="${'"\''}">${inner}${1}${undefined}${[inner, 'x']}</p>`)).toBe(
      '<p title="&#34;&#39;"><b>&#60;&#38;&#62;</b>1<b>&#60;&#38;&#62;</b>x</p>',
    )
  })

  it('never lets text end an element or an attribute', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[<>"']/.test(escaped(text))))
  })
})
