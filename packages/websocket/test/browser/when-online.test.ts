import { afterEach, expect, it, vi } from 'vitest'
import { retryWhenOnline } from '../../src/browser/when-online.ts'

afterEach(() => vi.unstubAllGlobals())

it('tries when the browser is online again, until the client is closed', async () => {
  const listening = new Map<string, () => void>()
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listening.set(type, listener))
  vi.stubGlobal('removeEventListener', (type: string) => listening.delete(type))
  let close: () => void = () => undefined
  const retryNow = vi.fn()
  retryWhenOnline({ retryNow, closed: new Promise<void>(resolve => (close = resolve)) })
  listening.get('online')?.()
  expect(retryNow).toHaveBeenCalledTimes(1)
  close()
  await Promise.resolve()
  expect(listening.size).toBe(0)
})

it('does nothing where the platform has no online events', async () => {
  vi.stubGlobal('addEventListener', undefined)
  vi.stubGlobal('removeEventListener', undefined)
  const retryNow = vi.fn()
  retryWhenOnline({ retryNow, closed: Promise.resolve() })
  await Promise.resolve()
  expect(retryNow).not.toHaveBeenCalled()
})
