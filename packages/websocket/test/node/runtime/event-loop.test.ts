import { afterEach, expect, it, vi } from 'vitest'
import { realNextTick, realNow, realSetImmediate, realSetTimeout } from '../../../src/node/runtime/event-loop.ts'

afterEach(() => void vi.useRealTimers())

it('uses the functions of the runtime although a test framework has replaced the globals', async () => {
  vi.useFakeTimers({
    toFake: ['setImmediate', 'setTimeout', 'performance', 'Date', 'clearImmediate', 'clearTimeout'],
  })
  const before = realNow()
  await new Promise<void>(resolve => realSetImmediate(resolve))
  await new Promise<void>(resolve => void realSetTimeout(resolve, 1))
  await new Promise<void>(resolve => realNextTick(resolve))
  expect(realNow()).toBeGreaterThan(before)
})
