import { describe, expect, it } from 'vitest'
import { type BusLink, LinkedBus } from '../../src/bus/linked-bus.ts'

describe('LinkedBus', () => {
  it('rejects what is asked for while its link is not connected, and passes nothing on', async () => {
    const { bus, calls, link } = linked()
    link.isConnected = false
    const wanted = { name: 'BusError', reason: 'unreachable', message: 'the bus is not connected' }
    await expect(bus.publish('a', new Uint8Array(1))).rejects.toMatchObject(wanted)
    await expect(bus.subscribe('a', () => undefined)).rejects.toMatchObject(wanted)
    expect({ isConnected: bus.isConnected, calls }).toEqual({ isConnected: false, calls: [] })
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

function linked(): { readonly bus: LinkedBus; readonly calls: unknown[]; readonly link: { isConnected: boolean } } {
  const calls: unknown[] = []
  const link: BusLink & { isConnected: boolean } = {
    isConnected: true,
    publish: async (subject, octets) => void calls.push({ publish: subject, octets }),
    ask: async pattern => void calls.push(`ask ${pattern}`),
    drop: pattern => void calls.push(`drop ${pattern}`),
    close: async () => void calls.push('close'),
  }
  return { bus: new LinkedBus(link), calls, link }
}
