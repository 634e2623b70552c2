import { describe, expect, it } from 'vitest'
import { close, fragmented, fragments, send, text } from '../../src/cases/words.ts'
import { hex } from '../../src/wire/octets.ts'

describe('the words of cases', () => {
  it('make a message in fragments: the first has the opcode, the last has FIN', () => {
    expect(fragments('binary', 'a', 'b', 'c').map(({ opcode, fin }) => [opcode, fin])).toEqual([
      [2, false],
      [0, false],
      [0, true],
    ])
    expect(fragmented('text', 'abc', 2).map(({ opcode, fin }) => [opcode, fin])).toEqual([
      [1, false],
      [0, true],
    ])
  })

  it('send in one write by default', () => {
    expect(send(text('a'))).toEqual({ step: 'send', frames: [{ opcode: 1, payload: 'a' }], cut: 'whole' })
  })

  it('close with 1000 by default', () => {
    expect(close()).toEqual({ step: 'close', payload: hex('03 e8') })
  })
})
