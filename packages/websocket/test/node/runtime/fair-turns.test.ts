import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, it } from 'vitest'
import { FairTurns } from '../../../src/node/runtime/fair-turns.ts'

it('calls one callback in each turn, in the order in which they were added', async () => {
  const turns = new FairTurns()
  const order: string[] = []
  let turn = 0
  await new Promise<void>(resolve => {
    const count = (): void => {
      turn++
      if (order.length < 4) setImmediate(count)
      else resolve()
    }
    setImmediate(count)
    turns.next(() => {
      order.push(`a${turn}`)
      turns.next(() => order.push(`d${turn}`))
    })
    turns.next(() => order.push(`b${turn}`))
    turns.next(() => order.push(`c${turn}`))
  })
  expect(order).toEqual(['a1', 'b2', 'c3', 'd4'])
  await new Promise<void>(resolve => turns.next(resolve))
})

it('alternates between work that begins and work that goes on, each in order', async () => {
  const turns = new FairTurns()
  const order: string[] = []
  for (const name of ['a', 'b', 'c', 'd']) turns.next(() => order.push(`further ${name}`))
  for (const name of ['e', 'f']) turns.next(() => order.push(`first ${name}`), true)
  await new Promise<void>(resolve => turns.next(resolve))
  expect(order).toEqual(['first e', 'further a', 'first f', 'further b', 'further c', 'further d'])
})

it('calls each callback in the asynchronous context in which it was added', async () => {
  const turns = new FairTurns()
  const storage = new AsyncLocalStorage<string>()
  const seen: (string | undefined)[] = []
  const see = (): void => void seen.push(storage.getStore())
  storage.run('one', () => turns.next(see))
  storage.run('other', () => turns.next(see))
  await new Promise<void>(resolve => turns.next(resolve))
  expect(seen).toEqual(['one', 'other'])
})
