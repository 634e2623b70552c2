import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PingWatch } from '../../src/node/ping-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('PingWatch', () => {
  it('says that the link is dead 3 s after the last answer', async () => {
    const { link, watch } = watched()
    await vi.advanceTimersByTimeAsync(5000)
    expect(link).toMatchObject({ pings: 5, deaths: 0 })
    link.answers = false
    await vi.advanceTimersByTimeAsync(2999)
    expect(link.deaths).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(link).toMatchObject({ pings: 7, deaths: 1 })
    watch.stop()
  })

  it('does not ping while the link is away, and counts anew when it is back', async () => {
    const { link, watch } = watched()
    link.answers = false
    await vi.advanceTimersByTimeAsync(2000)
    link.isConnected = false
    await vi.advanceTimersByTimeAsync(5000)
    link.isConnected = true
    await vi.advanceTimersByTimeAsync(2999)
    expect(link).toMatchObject({ pings: 4, deaths: 0 })
    await vi.advanceTimersByTimeAsync(1)
    expect(link.deaths).toBe(1)
    watch.stop()
  })

  it('does not count pings whose answers may lie unread because the event loop has stood still', async () => {
    const { link, watch } = watched()
    link.answers = false
    await vi.advanceTimersByTimeAsync(2000)
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 10_000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(link.deaths).toBe(0)
    vi.restoreAllMocks()
    watch.stop()
  })

  it('stops', async () => {
    const { link, watch } = watched()
    watch.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(link.pings).toBe(0)
  })
})

function watched(): { readonly link: ScriptedLink; readonly watch: PingWatch } {
  const link = new ScriptedLink()
  return { link, watch: new PingWatch(link) }
}

class ScriptedLink {
  isConnected = true
  answers = true
  pings = 0
  deaths = 0

  ping(): Promise<void> {
    this.pings++
    return this.answers ? Promise.resolve() : new Promise(() => undefined)
  }

  dead(): void {
    this.deaths++
  }
}
