import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../src/testing/index.ts'
import { EventTasks } from '../../src/whatwg/event-tasks.ts'

describe('EventTasks', () => {
  it('performs the first task at once, and the next ones when all microtasks have run', async () => {
    const { order, clock, tasks } = made()
    tasks.run('a', 1)
    tasks.run('b', 2)
    expect([order, tasks.isBusy]).toEqual([['a1'], true])
    await clock.settle()
    expect(order).toEqual(['a1', 'a1 and its microtasks', 'b2', 'b2 and its microtasks'])
    expect(tasks.isBusy).toBe(false)
  })

  it('tells of several tasks, and not of one alone', async () => {
    const { turns, clock, tasks } = made()
    tasks.run('a', 1)
    await clock.settle()
    expect(turns).toEqual([])
    for (const kind of ['a', 'b', 'c']) tasks.run(kind, 1)
    await clock.settle()
    expect(turns).toEqual(['began', 'ended'])
  })

  it('performs a task later where the caller must return first', async () => {
    const { order, clock, tasks } = made()
    tasks.runLater('a', 1)
    tasks.run('b', 2)
    expect(order).toEqual([])
    await clock.settle()
    expect(order.filter(entry => !entry.includes('and'))).toEqual(['a1', 'b2'])
  })

  it('performs tasks that a task brings behind those that wait', async () => {
    const { order, clock, tasks } = made(kind => {
      if (kind === 'a') tasks.run('c', 3)
    })
    tasks.run('a', 1)
    tasks.run('b', 2)
    await clock.settle()
    expect(order.filter(entry => !entry.includes('and'))).toEqual(['a1', 'c3', 'b2'])
  })
})

function made(also: (kind: string) => void = () => {}): {
  order: string[]
  turns: string[]
  clock: FakeClock
  tasks: EventTasks<string, number>
} {
  const order: string[] = []
  const turns: string[] = []
  const clock = new FakeClock()
  const perform = (kind: string, value: number): void => {
    order.push(`${kind}${value}`)
    also(kind)
    // an application that awaits several promises
    void (async () => {
      for (let i = 0; i < 5; i++) await undefined
      order.push(`${kind}${value} and its microtasks`)
    })()
  }
  const performer = { perform, tasksBegan: () => turns.push('began'), tasksEnded: () => turns.push('ended') }
  return { order, turns, clock, tasks: new EventTasks(performer, clock) }
}
