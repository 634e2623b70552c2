import type { Octets } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { MessageAssembly } from '../../src/history/message-assembly.ts'
import { cutMessages } from '../../src/wire/cut-messages.ts'
import { NatsSubjects } from '../../src/wire/nats-subjects.ts'

const subjects = new NatsSubjects('p', text => `hash${text.length}`)
const [a, b] = ['a'.repeat(16), 'b'.repeat(16)]

describe('MessageAssembly', () => {
  it('puts messages together whose pieces are among others, and tells from where on pieces are needed', () => {
    const { assembly, take } = begun()
    const large = pieces(a, 1, 100)
    const steps = [large[0]!, ...pieces(b, 1, 10), large[1]!, large[2]!, ...pieces(b, 2, 5)]
    const got = steps.map((data, at) => {
      const message = take(data, at + 10)
      return { message: typeof message === 'string' ? message : message.octets.length, from: assembly.from(at + 11) }
    })
    expect(got).toEqual([
      { message: 'incomplete', from: 10 },
      { message: 10, from: 10 },
      { message: 'incomplete', from: 10 },
      { message: 100, from: 14 },
      { message: 5, from: 15 },
    ])
  })

  it('leaves out a message whose first pieces are gone', () => {
    const { assembly, take } = begun()
    const [, second, third] = pieces(a, 1, 100)
    expect([take(second!, 1), take(third!, 2), assembly.from(3)]).toEqual(['lost', 'lost', 3])
  })

  it('gives up a message that does not go on for a minute, or whose publisher goes on with another', () => {
    const { assembly, take } = begun()
    take(pieces(a, 1, 100)[0]!, 1)
    take(pieces(b, 1, 100)[0]!, 2)
    take(pieces(a, 2, 1)[0]!, 3)
    expect(assembly.from(4)).toBe(2)
    take(pieces(a, 3, 1)[0]!, 4, 60_001)
    expect(assembly.from(5)).toBe(5)
  })

  it('takes nothing but messages of its own subject', () => {
    const { assembly } = begun()
    const [data] = pieces(a, 1, 1)
    const sorts = [
      { name: 'p.m.other', data: data! },
      { name: 'p.m.room', data: new Uint8Array(3) },
      { name: 'elsewhere', data: data! },
    ]
    expect(sorts.map(each => assembly.take({ ...each, sequence: 1, time: 0 }))).toEqual(['lost', 'lost', 'lost'])
  })
})

function begun(): {
  readonly assembly: MessageAssembly
  take(data: Octets, sequence: number, time?: number): ReturnType<MessageAssembly['take']>
} {
  const assembly = new MessageAssembly(subjects, 'room', { inMessage: 1000, waiting: 1000 })
  return { assembly, take: (data, sequence, time = 0) => assembly.take({ name: 'p.m.room', data, sequence, time }) }
}

function pieces(incarnation: string, number: number, length: number): Octets[] {
  return cutMessages({ incarnation, number, inside: undefined }, new Uint8Array(length), 70)
}
