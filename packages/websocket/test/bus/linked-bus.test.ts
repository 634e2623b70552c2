import { describe, expect, it } from 'vitest'
import { BusError } from '../../src/bus/bus-error.ts'
import { type BusLink, LinkedBus } from '../../src/bus/linked-bus.ts'

describe('LinkedBus', () => {
  it('says what its link says: whether it is connected, and why it takes nothing', async () => {
    const { bus, link } = linked()
    link.isConnected = false
    link.refusal = new BusError('unreachable', 'not connected')
    await expect(bus.publish('a', new Uint8Array(1))).rejects.toBe(link.refusal)
    await expect(bus.subscribe('a', () => undefined)).rejects.toBe(link.refusal)
    expect(bus.isConnected).toBe(false)
  })

  it('asks its link for nothing after it was closed', async () => {
    const { bus, calls } = linked()
    await bus.close()
    await expect(bus.publish('a', new Uint8Array(1))).rejects.toMatchObject({ reason: 'unreachable', message: 'the bus is closed' })
    await expect(bus.subscribe('a', () => undefined)).rejects.toMatchObject({ reason: 'unreachable', message: 'the bus is closed' })
    expect({ calls, isConnected: bus.isConnected }).toEqual({ calls: ['close'], isConnected: false })
  })

  it('calls the subscriptions of one pattern where its link delivers for each', async () => {
    const { bus } = linked()
    const got: string[] = []
    await bus.subscribe('a', () => got.push('a'))
    await bus.subscribe('*', () => got.push('*'))
    bus.deliver('a', new Uint8Array(0), '*')
    bus.deliver('a', new Uint8Array(0), 'b')
    bus.deliver('a', new Uint8Array(0))
    expect(got).toEqual(['*', 'a', '*'])
  })

  it('passes checked octets on: those of subclasses as plain octets', async () => {
    const { bus, calls } = linked()
    await bus.publish('a', Buffer.from('xy'))
    expect(calls).toEqual([{ publish: 'a', octets: Uint8Array.of(120, 121) }])
  })

  it('closes its link once', async () => {
    const { bus, calls } = linked()
    await Promise.all([bus.close(), bus.close()])
    expect(calls).toEqual(['close'])
  })
})

interface ScriptedLink {
  isConnected: boolean
  refusal: Error | undefined
}

function linked(): { readonly bus: LinkedBus; readonly calls: unknown[]; readonly link: ScriptedLink } {
  const calls: unknown[] = []
  const took = async (call: unknown): Promise<void> => {
    if (link.refusal !== undefined) throw link.refusal
    calls.push(call)
  }
  const link: BusLink & ScriptedLink = {
    isConnected: true,
    refusal: undefined,
    publish: (subject, octets) => took({ publish: subject, octets }),
    ask: pattern => took(`ask ${pattern}`),
    drop: pattern => void calls.push(`drop ${pattern}`),
    close: async () => void calls.push('close'),
  }
  return { bus: new LinkedBus(link), calls, link }
}
