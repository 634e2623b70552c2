import { afterEach, expect, it, vi } from 'vitest'
import { nextTurn } from '../../src/testing/next-turn.ts'

afterEach(() => void vi.useRealTimers())

it('resolves when all promises that can settle by themselves have done so', async () => {
  let steps = 0
  const work = async (): Promise<void> => {
    for (; steps < 1000; steps++) await undefined
  }
  void work()
  await nextTurn()
  expect(steps).toBe(1000)
})

it('resolves also while a test framework has replaced the timers', async () => {
  vi.useFakeTimers()
  await nextTurn()
})
