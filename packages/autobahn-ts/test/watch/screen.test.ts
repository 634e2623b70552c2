import { describe, expect, it } from 'vitest'
import { Screen } from '../../src/watch/screen.ts'

describe('Screen', () => {
  it('draws over what it has drawn, and gives back what was there before', () => {
    const { screen, written } = made()
    screen.draw(['one', 'two'])
    screen.draw(['three'])
    screen.leave()
    screen.leave()
    expect(written()).toEqual(['^[?1049h^[?25l^[Hone^[K\ntwo^[K^[J', '^[Hthree^[K^[J', '^[?25h^[?1049l'])
  })

  it('writes nothing where nothing was drawn', () => {
    const { screen, written } = made()
    screen.leave()
    expect(written()).toEqual([])
  })

  it('has the size of the terminal, or the one of old', () => {
    expect(made({ columns: 100, rows: 50 }).screen.size).toEqual({ columns: 100, rows: 50 })
    expect(made().screen.size).toEqual({ columns: 80, rows: 24 })
  })
})

function made(size: { readonly columns?: number; readonly rows?: number } = {}) {
  const texts: string[] = []
  const screen = new Screen({ ...size, write: text => texts.push(text) })
  return { screen, written: () => texts.map(text => text.replaceAll('\u001b[', '^[')) }
}
