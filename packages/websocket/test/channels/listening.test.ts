import { describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import { Listening } from '../../src/channels/listening.ts'
import { quiet } from '../application/memory-link.ts'

describe('Listening', () => {
  it('passes on what comes from when it is confirmed until it ends', async () => {
    const place = new InProcessBus()
    const [bus, other] = [place.connect(), place.connect()]
    const got: number[] = []
    const listening = new Listening({ bus, failed: () => undefined }, 'a', ([octet]) => got.push(octet!))
    await listening.confirmed
    await other.publish('a', Uint8Array.of(1))
    await quiet()
    listening.end()
    await other.publish('a', Uint8Array.of(2))
    await quiet()
    expect({ got, wasRefused: listening.wasRefused }).toEqual({ got: [1], wasRefused: false })
  })

  it('tells that it was refused, and reports it', async () => {
    const errors: unknown[] = []
    const bus = new InProcessBus().connect()
    await bus.close()
    const listening = new Listening({ bus, failed: error => errors.push(error) }, 'a', () => undefined)
    await expect(listening.confirmed).rejects.toThrow('the bus is closed')
    expect({ wasRefused: listening.wasRefused, errors: errors.length }).toEqual({ wasRefused: true, errors: 1 })
  })
})
