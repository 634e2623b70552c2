import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPosition, writePosition } from '../../src/wire/position.ts'

describe('positions', () => {
  it('are read as they were written, whatever they say', () => {
    const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 })
    fc.assert(
      fc.property(whole, whole, whole, whole, (stream, sequence, time, back) => {
        const position = { stream, sequence, time, from: Math.max(0, sequence + 1 - (back % 1000)) }
        expect(readPosition(writePosition(position))).toEqual(position)
      }),
    )
  })

  it('are three numbers where no message is incomplete', () => {
    expect(writePosition({ stream: 36, sequence: 35, time: 1, from: 36 })).toBe('10.z.1')
    expect(writePosition({ stream: 36, sequence: 35, time: 1, from: 20 })).toBe('10.z.1.k')
  })

  it('are nothing where a text has another form, or reads behind its own end', () => {
    for (const text of ['', '1', '1.2', '1.2.3.4.5', '1.2.3.', '1.-2.3', 'A.2.3', '1.2.3.9', 'zzzzzzzzzzz.1.1', '1 .2.3'])
      expect(readPosition(text)).toBeUndefined()
  })
})
