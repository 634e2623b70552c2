import { describe, expect, it } from 'vitest'
import { namesIn, withFigures, withoutFigures } from '../../bench/report/marks.mjs'

const figures = { noise: '3 %', table: '| a |\n| --- |' }

describe('withFigures', () => {
  it('replaces a short figure within its line', () => {
    expect(withFigures('They differ by <!-- figures: noise -->9 %<!-- /figures -->.', figures)).toBe(
      'They differ by <!-- figures: noise -->3 %<!-- /figures -->.',
    )
  })

  it('puts a table on separate lines', () => {
    const written = 'text\n\n<!-- figures: table -->\n| a |\n| --- |\n<!-- /figures -->\n'
    expect(withFigures('text\n\n<!-- figures: table -->\n<!-- /figures -->\n', figures)).toBe(written)
    expect(withFigures(written, figures)).toBe(written)
  })

  for (const [why, text, message] of [
    ['an unknown name', 'by <!-- figures: nois --><!-- /figures -->', 'there are no figures named nois; known names: noise, table'],
    ['a mark without its end', 'by <!-- figures: noise -->3 %', 'a mark of figures has no closing mark'],
    ['an end without its mark', 'by 3 %<!-- /figures -->', 'a mark of figures has no closing mark'],
    ['a short figure that begins a line', '<!-- figures: noise --><!-- /figures -->', 'the figures noise stand at the beginning of a line'],
    ['a table within a line', 'as <!-- figures: table --><!-- /figures -->', 'the figures table stand not at the beginning of a line'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(() => withFigures(text, figures)).toThrow(message)
    })
  }
})

describe('namesIn and withoutFigures', () => {
  it('separate the text between marks from the rest', () => {
    const text = 'by <!-- figures: noise -->3 %<!-- /figures -->, or\n<!-- figures: table -->\n| a |\n<!-- /figures -->\n'
    expect(namesIn(text)).toEqual(['noise', 'table'])
    expect(withoutFigures(text)).toBe('by , or\n\n')
  })
})
