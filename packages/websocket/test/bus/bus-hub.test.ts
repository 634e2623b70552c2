import { describe, expect, it } from 'vitest'
import { BusHub } from '../../src/bus/bus-hub.ts'

describe('BusHub', () => {
  it('delivers once to a participant with several patterns that fit', async () => {
    const { hub, got } = noted()
    const receiver = hub.join((subject, octets) => got.push(`${subject} ${octets.length}`))
    for (const pattern of ['a', '*', '>']) receiver.subscribe(pattern)
    hub.join(() => undefined).publish('a', new Uint8Array(3))
    await Promise.resolve()
    expect(got).toEqual(['a 3'])
  })

  it('delivers in the order of the calls, also of those that are made while it delivers', async () => {
    const { hub, got } = noted()
    const publisher = hub.join(() => undefined)
    const eager = hub.join(subject => {
      got.push(`eager ${subject}`)
      if (subject === 'first') publisher.publish('third', new Uint8Array(0))
    })
    const last = hub.join(subject => got.push(`last ${subject}`))
    eager.subscribe('>')
    last.subscribe('>')
    publisher.publish('first', new Uint8Array(0))
    publisher.publish('second', new Uint8Array(0))
    expect(got).toEqual([])
    await Promise.resolve()
    expect(got).toEqual(['eager first', 'last first', 'eager second', 'last second', 'eager third', 'last third'])
  })

  it('does not deliver what was published before a participant subscribed', async () => {
    const { hub, got } = noted()
    const receiver = hub.join(subject => got.push(subject))
    hub.join(() => undefined).publish('a', new Uint8Array(0))
    receiver.subscribe('a')
    await Promise.resolve()
    expect(got).toEqual([])
  })

  it('forgets a participant that leaves, with its patterns, also for what is on its way', async () => {
    const { hub, got } = noted()
    const receiver = hub.join(subject => got.push(subject))
    receiver.subscribe('a')
    receiver.subscribe('b.*')
    const publisher = hub.join(() => undefined)
    publisher.publish('a', new Uint8Array(0))
    receiver.leave()
    receiver.subscribe('a')
    publisher.publish('b.c', new Uint8Array(0))
    await Promise.resolve()
    expect({ got, patterns: receiver.patternCount }).toEqual({ got: [], patterns: 0 })
  })
})

function noted(): { readonly hub: BusHub; readonly got: string[] } {
  return { hub: new BusHub(), got: [] }
}
