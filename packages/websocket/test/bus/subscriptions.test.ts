import { describe, expect, it } from 'vitest'
import { Subscriptions } from '../../src/bus/subscriptions.ts'
import { quiet } from '../application/memory-link.ts'

describe('Subscriptions', () => {
  it('ask for a pattern once, and drop it when the last subscription has ended', async () => {
    const { calls, subscriptions } = asking()
    const one = await subscriptions.add('a', () => undefined)
    const other = await subscriptions.add('a', () => undefined)
    one.unsubscribe()
    one.unsubscribe()
    expect({ calls: [...calls], patterns: subscriptions.patterns }).toEqual({ calls: ['ask a'], patterns: ['a'] })
    other.unsubscribe()
    expect({ calls, patterns: subscriptions.patterns }).toEqual({ calls: ['ask a', 'drop a'], patterns: [] })
  })

  it('reject all subscriptions that wait for a pattern that is refused, and ask again for the next', async () => {
    const { calls, subscriptions, answers } = asking(false)
    const waiting = ['one', 'other'].map(() => subscriptions.add('a', () => undefined))
    answers[0]!.reject(new Error('refused'))
    for (const each of waiting) await expect(each).rejects.toThrow('refused')
    expect(subscriptions.patterns).toEqual([])
    const again = subscriptions.add('a', () => undefined)
    answers[1]!.resolve()
    await again
    expect(calls).toEqual(['ask a', 'drop a', 'ask a'])
  })

  it('call a handler for each of its subscriptions', async () => {
    const { subscriptions } = asking()
    let calls = 0
    const handler = (): void => void calls++
    const first = await subscriptions.add('a', handler)
    await subscriptions.add('a', handler)
    subscriptions.deliver('a', new Uint8Array(0))
    first.unsubscribe()
    subscriptions.deliver('a', new Uint8Array(0))
    expect(calls).toBe(3)
  })

  it('do not call a handler that an earlier handler has ended, nor one that it has added', async () => {
    const { subscriptions } = asking()
    const called: string[] = []
    await subscriptions.add('a', () => {
      called.push('first')
      second.unsubscribe()
      void subscriptions.add('a', () => called.push('added'))
    })
    const second = await subscriptions.add('a', () => called.push('second'))
    subscriptions.deliver('a', new Uint8Array(0))
    expect(called).toEqual(['first'])
  })

  it('end all at once without dropping the patterns outside', async () => {
    const { calls, subscriptions } = asking()
    const called: string[] = []
    const one = await subscriptions.add('a', () => called.push('a'))
    await subscriptions.add('*', () => called.push('*'))
    subscriptions.clear()
    one.unsubscribe()
    subscriptions.deliver('a', new Uint8Array(0))
    await quiet()
    expect({ called, patterns: subscriptions.patterns, calls }).toEqual({ called: [], patterns: [], calls: ['ask a', 'ask *'] })
  })
})

interface Answer {
  resolve(): void
  reject(error: Error): void
}

/** Subscriptions whose questions are answered at once, or by the test. */
function asking(isAnswered = true): { readonly subscriptions: Subscriptions; readonly calls: string[]; readonly answers: Answer[] } {
  const calls: string[] = []
  const answers: Answer[] = []
  const ask = (pattern: string): Promise<void> => {
    calls.push(`ask ${pattern}`)
    if (isAnswered) return Promise.resolve()
    return new Promise((resolve, reject) => answers.push({ resolve, reject }))
  }
  const drop = (pattern: string): void => void calls.push(`drop ${pattern}`)
  return { subscriptions: new Subscriptions({ ask, drop }, () => undefined), calls, answers }
}
