import { describe, expect, it } from 'vitest'
import { eitherSignal } from '../../src/v1/either-signal.ts'

describe('eitherSignal', () => {
  it('is the one where there is no other', () => {
    const { signal } = new AbortController()
    expect(eitherSignal(signal, undefined)).toBe(signal)
  })

  for (const which of [0, 1]) {
    it(`is aborted with the reason of the ${which === 0 ? 'one' : 'other'}`, () => {
      const controllers = [new AbortController(), new AbortController()]
      const either = eitherSignal(controllers[0]!.signal, controllers[1]!.signal)
      expect(either.aborted).toBe(false)
      controllers[which]!.abort('why')
      expect([either.aborted, either.reason]).toEqual([true, 'why'])
    })
  }
})
