import { describe, expect, it } from 'vitest'
import { FakeClock, fakeRuntime } from '../../src/testing/index.ts'

describe('fakeRuntime', () => {
  it('gives the same random octets for the same seed, and others for another', () => {
    expect(random(7)).toEqual(random(7))
    expect(random(7)).not.toEqual(random(8))
    expect(new Set(random(0)).size).toBeGreaterThan(10)
  })

  it('takes a clock that others use too', () => {
    const clock = new FakeClock()
    expect(fakeRuntime({ clock }).clock).toBe(clock)
    expect(fakeRuntime().clock.now()).toBe(0)
  })

  it('knows UTF-8 and SHA-1', () => {
    const { text, crypto } = fakeRuntime()
    expect(text.decode(text.encode('Grüße'))).toBe('Grüße')
    expect(crypto.sha1(text.encode('')).length).toBe(20)
  })
})

function random(seed: number): number[] {
  const octets = new Uint8Array(32)
  fakeRuntime({ seed }).crypto.fillRandom(octets)
  return [...octets]
}
