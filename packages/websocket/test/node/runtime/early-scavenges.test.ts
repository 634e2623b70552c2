import v8 from 'node:v8'
import { afterEach, describe, expect, it, vi } from 'vitest'

const KiB = 1024
const MiB = 1024 * 1024

describe('payloadMade', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    vi.resetModules()
  })

  it('fills the young generation once in 18 MiB of payloads, so that V8 scavenges', async () => {
    const size = youngGenerationOf(8 * MiB)
    const { payloadMade } = await loaded('on')
    const made = arraysMade(() => {
      for (let octets = 0; octets < 18 * MiB; octets += 16 * KiB) payloadMade(16 * KiB)
    })
    expect(made.octets).toBeGreaterThanOrEqual(size)
    expect(made.octets).toBeLessThan(size * 1.1)
    expect(made.largest).toBeLessThanOrEqual(32 * KiB)
  })

  it('makes nothing for less than 64 KiB', async () => {
    const { payloadMade } = await loaded('on')
    expect(arraysMade(() => payloadMade(63 * KiB)).octets).toBe(0)
    expect(arraysMade(() => payloadMade(KiB)).octets).toBeGreaterThan(0)
  })

  it('makes nothing for payloads of 1 MiB and more, which V8 counts itself', async () => {
    youngGenerationOf(8 * MiB)
    const { payloadMade } = await loaded('on')
    const large = arraysMade(() => {
      for (let n = 0; n < 100; n++) payloadMade(MiB)
    })
    expect(large.octets).toBe(0)
    expect(arraysMade(() => payloadMade(MiB - 1)).octets).toBeGreaterThan(0)
  })

  it('keeps none of the arrays', async () => {
    const { lastForgotten, payloadMade } = await loaded('on')
    payloadMade(512 * KiB)
    expect(lastForgotten()).toEqual([])
  })

  it('asks for the size of the young generation once in 18 MiB', async () => {
    const asked = vi.spyOn(v8, 'getHeapSpaceStatistics')
    const { payloadMade } = await loaded('on')
    for (let octets = 0; octets < 36 * MiB; octets += 64 * KiB) payloadMade(64 * KiB)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('makes nothing where the engine does not tell the size of its young generation', async () => {
    vi.spyOn(v8, 'getHeapSpaceStatistics').mockImplementation(() => {
      throw new Error('not implemented')
    })
    const { payloadMade } = await loaded('on')
    expect(arraysMade(() => payloadMade(512 * KiB)).octets).toBe(0)
  })

  it('makes nothing where fast paths are off', async () => {
    const { payloadMade } = await loaded('off')
    expect(arraysMade(() => payloadMade(512 * KiB)).octets).toBe(0)
  })
})

function loaded(mode: 'on' | 'off') {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', mode)
  vi.resetModules()
  return import('../../../src/node/runtime/early-scavenges.ts')
}

/** Measures the arrays that are made meanwhile, which are copies of one without elements. */
function arraysMade(work: () => void): { octets: number; largest: number } {
  const slice = vi.spyOn(Array.prototype, 'slice')
  work()
  const sizes = slice.mock.results.map(({ value }) => 8 * (value as unknown[]).length)
  slice.mockRestore()
  return { octets: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(0, ...sizes) }
}

/** Makes V8 say that its young generation has this capacity. The real one grows whenever V8 wants. */
function youngGenerationOf(size: number): number {
  const spaces = v8.getHeapSpaceStatistics()
  expect(spaces.map(({ space_name }) => space_name)).toContain('new_space')
  const others = spaces.filter(({ space_name }) => space_name !== 'new_space')
  const young = { ...spaces[0]!, space_name: 'new_space', space_used_size: size / 4, space_available_size: (size * 3) / 4 }
  vi.spyOn(v8, 'getHeapSpaceStatistics').mockReturnValue([...others, young])
  return size
}
