import { describe, expect, it } from 'vitest'
import { FollowedSubject } from '../../src/history/followed-subject.ts'
import { MessageAssembly } from '../../src/history/message-assembly.ts'
import { cutMessages } from '../../src/wire/cut-messages.ts'
import { NatsSubjects } from '../../src/wire/nats-subjects.ts'
import { readPosition } from '../../src/wire/position.ts'

const [own, other] = ['a'.repeat(16), 'b'.repeat(16)]

describe('FollowedSubject', () => {
  it('passes messages on with their place, and with what was noted for those of this participant, once', () => {
    const { followed, take, got } = begun()
    followed.note(1, 'noted')
    take(own, 1, 4)
    take(other, 1, 5)
    take(own, 1, 6)
    expect(got).toEqual([
      { order: 4, own: 'noted', position: { stream: 7, sequence: 4, time: 100, from: 5 } },
      { order: 5, own: undefined, position: { stream: 7, sequence: 5, time: 100, from: 6 } },
      { order: 6, own: undefined, position: { stream: 7, sequence: 6, time: 100, from: 7 } },
    ])
  })

  it('tells how many messages of a publisher are missing, from the second that it has seen', () => {
    const { take, events } = begun()
    take(other, 5, 1)
    take(own, 1, 2)
    take(other, 6, 3)
    take(other, 9, 4)
    expect(events).toEqual(['b 2'])
  })

  it('remembers 10,000 notes at most', () => {
    const { followed, take, got } = begun()
    for (let number = 1; number <= 10_001; number++) followed.note(number, number)
    take(own, 1, 1)
    take(own, 2, 2)
    expect(got.map(each => (each as { own: unknown }).own)).toEqual([undefined, 2])
  })

  it('calls no follower that has gone meanwhile', () => {
    const { followed, take, got } = begun()
    const second = { message: () => got.push('second') }
    followed.followers.add({ message: () => void followed.followers.delete(second) })
    followed.followers.add(second)
    take(other, 1, 1)
    expect(got).toHaveLength(1)
  })
})

function begun(): {
  readonly followed: FollowedSubject
  readonly got: unknown[]
  readonly events: string[]
  take(incarnation: string, number: number, sequence: number): void
} {
  const got: unknown[] = []
  const events: string[] = []
  const assembly = new MessageAssembly(new NatsSubjects('p', String), 'room', { inMessage: 1000, waiting: 1000 })
  const followed = new FollowedSubject(assembly, own!, {
    missing: (publisher, count) => events.push(`${publisher[0]} ${count}`),
    delivered: () => undefined,
    lost: () => events.push('lost'),
  })
  followed.startAt(7, 3, 50)
  followed.followers.add({
    message: (_, place, noted) => got.push({ order: place.order, own: noted, position: readPosition(place.position) }),
  })
  const take = (incarnation: string, number: number, sequence: number): void => {
    const [data] = cutMessages({ incarnation, number, inside: undefined }, new Uint8Array(1), 100)
    followed.take({ name: 'p.m.room', data: data!, sequence, time: 100 })
  }
  return { followed, got, events, take }
}
