import { afterEach, describe, expect, it, vi } from 'vitest'

const KiB = 1024

describe('payloadMade', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.resetModules()
  })

  it('makes an array of 32 KiB for every 64 KiB of payloads, and keeps the last one alone', async () => {
    const { lastForgotten, payloadMade } = await loaded('on')
    payloadMade(63 * KiB)
    expect(lastForgotten().length).toBe(0)
    payloadMade(KiB)
    const first = lastForgotten()
    expect(first.length).toBe(4096)
    payloadMade(63 * KiB)
    expect(lastForgotten()).toBe(first)
    payloadMade(KiB)
    expect(lastForgotten()).not.toBe(first)
  })

  it('makes one for a large payload, and not many', async () => {
    const { lastForgotten, payloadMade } = await loaded('on')
    payloadMade(64 * KiB * KiB)
    const first = lastForgotten()
    payloadMade(KiB)
    expect(lastForgotten()).toBe(first)
  })

  it('makes none where fast paths are off', async () => {
    const { lastForgotten, payloadMade } = await loaded('off')
    payloadMade(64 * KiB)
    expect(lastForgotten().length).toBe(0)
  })
})

function loaded(mode: 'on' | 'off') {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', mode)
  vi.resetModules()
  return import('../../../src/node/runtime/early-scavenges.ts')
}
