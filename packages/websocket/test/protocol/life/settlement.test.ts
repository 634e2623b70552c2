import { describe, expect, it } from 'vitest'
import { Settlement } from '../../../src/protocol/life/settlement.ts'

const first = new Error('first')

describe('Settlement', () => {
  it('resolves those who asked before and those who ask later', async () => {
    const settlement = new Settlement<number>()
    const before = settlement.promise
    settlement.resolve(1)
    expect(await before).toBe(1)
    expect(await settlement.promise).toBe(1)
  })

  it('remembers its outcome until the promise is asked for', async () => {
    const [resolved, rejected] = [new Settlement<number>(), new Settlement<number>()]
    resolved.resolve(2)
    rejected.reject(first)
    expect(await resolved.promise).toBe(2)
    await expect(rejected.promise).rejects.toBe(first)
  })

  it('rejects those who asked before', async () => {
    const settlement = new Settlement<number>()
    const before = settlement.promise
    settlement.reject(first)
    await expect(before).rejects.toBe(first)
  })

  it('is settled once', async () => {
    const [resolved, rejected] = [new Settlement<number>(), new Settlement<number>()]
    resolved.resolve(1)
    resolved.resolve(2)
    resolved.reject(first)
    rejected.reject(first)
    rejected.reject(new Error('second'))
    rejected.resolve(1)
    expect(await resolved.promise).toBe(1)
    await expect(rejected.promise).rejects.toBe(first)
  })

  it('does not reject unhandled where no code waits', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const settlement = new Settlement<void>()
    void settlement.promise
    settlement.reject(first)
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
