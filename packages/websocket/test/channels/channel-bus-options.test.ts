import { describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import { Channel } from '../../src/channels/channel.ts'
import { busSettings } from '../../src/channels/channel-bus-options.ts'
import { Channels } from '../../src/channels/channels.ts'

const bus = new InProcessBus().connect()

describe('the options of channels for a bus', () => {
  it('have a limit of 16 MiB for a message, unless another one was set', () => {
    const failed = (): void => undefined
    expect(busSettings({}, failed)).toBeUndefined()
    expect(busSettings({ bus }, failed)).toEqual({ bus, maxMessageSize: 16 * 1024 * 1024, failed })
    expect(busSettings({ bus, maxBusMessageSize: 0 }, failed)?.maxMessageSize).toBe(0)
  })

  for (const [what, options, message] of [
    [
      'a promise of a bus',
      { bus: Promise.resolve(bus) },
      'option bus must be a bus, with publish and subscribe (await the function that makes it, or call connect() of an InProcessBus)',
    ],
    ['half a bus', { bus: { publish: () => undefined } }, 'option bus must be a bus'],
    ['a size that is not a number', { maxBusMessageSize: '1 MiB' }, 'option maxBusMessageSize must be a whole number'],
    ['an empty name', { name: '' }, 'option name must be a string that is not empty'],
  ] as const) {
    it(`refuse ${what}`, () => {
      expect(() => new Channel(options as never)).toThrow(message)
      expect(() => new Channels(options as never)).toThrow(message)
    })
  }

  it('need a name for a channel with a bus, that a subject can be made of', () => {
    expect(() => new Channel({ bus })).toThrow('a channel with a bus needs a name')
    expect(() => new Channel({ bus, name: 'x'.repeat(8193) })).toThrow('a subject has at most 8192 characters')
  })
})
