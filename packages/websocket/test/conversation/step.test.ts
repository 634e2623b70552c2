import { describe, expect, it } from 'vitest'
import { Step } from '../../src/conversation/step.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

const error = new ConnectionClosed(1006, 'gone')

describe('Step', () => {
  it('gives its item, and tells the iterator first', async () => {
    const { step, told } = waiting()
    step.give('hello')
    expect(told).toEqual(['given hello'])
    expect(await step.promise).toEqual({ done: false, value: 'hello' })
  })

  it('is done at a clean end', async () => {
    const { step, told } = waiting()
    step.end({ error, isClean: true })
    expect(told).toEqual(['finished'])
    expect(await step.promise).toEqual({ done: true, value: undefined })
  })

  it('rejects where the connection was lost, which needs no handler', async () => {
    const { step, told } = waiting()
    step.end({ error, isClean: false })
    await new Promise(setImmediate)
    expect(told).toEqual(['finished'])
    await expect(step.promise).rejects.toBe(error)
  })

  it('is done when it is given up, and never doubtful', async () => {
    const { step } = waiting()
    expect(step.isDoubtful).toBe(false)
    step.replace()
    step.stop()
    expect(await step.promise).toEqual({ done: true, value: undefined })
  })
})

function waiting(): { step: Step<string, 'message'>; told: string[] } {
  const told: string[] = []
  const iterator = { given: (item: string) => told.push(`given ${item}`), finished: () => told.push('finished') }
  return { step: new Step<string, 'message'>('message', iterator), told }
}
