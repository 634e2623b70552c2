import { describe, expect, it } from 'vitest'
import type { Bus, BusHandler } from '../../src/bus/bus.ts'
import { BusError } from '../../src/bus/bus-error.ts'
import { BusLine } from '../../src/channels/bus-line.ts'
import { PreparedMessage } from '../../src/protocol/sending/prepared-message.ts'
import { quiet } from '../application/memory-link.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'

raisesNothingUnhandled()

const envelope = { message: new PreparedMessage(Uint8Array.of(65), false, {}), skipsSlow: false }

describe('BusLine', () => {
  it('publishes under its subject', async () => {
    const { line, bus } = lined()
    expect(line.publish(envelope)).toBe('published')
    expect(bus.published).toEqual([{ subject: 'room', octets: Uint8Array.of(1, 65) }])
  })

  it('says where the bus is not connected, which is not an error; the bus may still count the message', async () => {
    const { line, bus, errors } = lined()
    bus.isConnected = false
    bus.refusal = new BusError('unreachable', 'not connected')
    expect(line.publish(envelope)).toBe('unreachable')
    await quiet()
    expect({ published: bus.published.length, errors }).toEqual({ published: 1, errors: [] })
  })

  it('reports what the bus refuses, also where it throws', async () => {
    const { line, bus, errors } = lined()
    bus.refusal = new BusError('too-large', 'too much')
    expect(line.publish(envelope)).toBe('published')
    await quiet()
    bus.throws = true
    line.publish(envelope)
    expect(errors).toEqual([bus.refusal, bus.refusal])
  })

  it('passes on what comes, until it ends', async () => {
    const { line, bus } = lined()
    const got: unknown[] = []
    const listening = line.listen(octets => got.push(octets))
    await listening.confirmed
    bus.handlers[0]!(Uint8Array.of(1), 'room')
    listening.end()
    bus.handlers[0]!(Uint8Array.of(2), 'room')
    expect({ got, ended: bus.ended }).toEqual({ got: [Uint8Array.of(1)], ended: 1 })
  })

  it('ends a subscription that is confirmed later', async () => {
    const { line, bus } = lined()
    const listening = line.listen(() => undefined)
    listening.end()
    expect(bus.ended).toBe(0)
    await listening.confirmed
    expect({ ended: bus.ended, wasRefused: listening.wasRefused }).toEqual({ ended: 1, wasRefused: false })
  })

  it('tells that it was refused, and reports it', async () => {
    const { line, bus, errors } = lined()
    bus.refusal = new BusError('refused', 'not yours')
    const listening = line.listen(() => undefined)
    await expect(listening.confirmed).rejects.toBe(bus.refusal)
    expect({ wasRefused: listening.wasRefused, errors }).toEqual({ wasRefused: true, errors: [bus.refusal] })
  })

  it('reports what a subscription throws when it ends, and does not pass it on to the member that leaves', async () => {
    const { line, bus, errors } = lined()
    bus.endError = new Error('the socket of the bus is gone')
    const listening = line.listen(() => undefined)
    await listening.confirmed
    listening.end()
    expect({ ended: bus.ended, errors }).toEqual({ ended: 1, errors: [bus.endError] })
  })
})

function lined(): { readonly line: BusLine; readonly bus: ScriptedBus; readonly errors: unknown[] } {
  const bus = new ScriptedBus()
  const errors: unknown[] = []
  return { line: new BusLine({ bus, maxMessageSize: 0, failed: error => errors.push(error) }, 'room'), bus, errors }
}

/** A bus that does what the test says. */
class ScriptedBus implements Bus {
  isConnected = true
  refusal: Error | undefined
  endError: Error | undefined
  throws = false
  ended = 0
  readonly published: unknown[] = []
  readonly handlers: BusHandler[] = []

  publish(subject: string, octets: Uint8Array): Promise<void> {
    this.published.push({ subject, octets })
    if (this.throws) throw this.refusal
    return this.#answer()
  }

  async subscribe(_: string, handler: BusHandler): Promise<{ unsubscribe(): void }> {
    this.handlers.push(handler)
    await this.#answer()
    return {
      unsubscribe: () => {
        this.ended++
        if (this.endError !== undefined) throw this.endError
      },
    }
  }

  #answer(): Promise<void> {
    return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal)
  }
}
