import { describe, expect, it } from 'vitest'
import { type Call, openClient, openServer, recording, recordingClient, settled } from './opened.ts'
import { frame, octetsOf, plain, summary } from './wire.ts'

/** A message of the frames "Hello", empty and "World" with a ping behind the first; "Hello" arrives in two pieces. */
function helloWorld(make: typeof frame): [Uint8Array, Uint8Array] {
  const hello = make(1, 'Hello', { fin: false })
  const rest = [...make(9, 'png'), ...make(0, [], { fin: false }), ...make(0, 'World')]
  return [hello.subarray(0, hello.length - 3), Uint8Array.from([...hello.subarray(-3), ...rest])]
}

const order: Call[] = [
  ['onMessageBegin', false],
  ['onMessageFrameBegin', 5, 0],
  ['onMessageFrameData', octetsOf('He')],
  ['onMessageFrameData', octetsOf('llo')],
  ['onMessageFrameEnd'],
  ['onMessageFrame', octetsOf('Hello'), 0],
  ['onPing', octetsOf('png')],
  ['onMessageFrameBegin', 0, 0],
  ['onMessageFrameData', []],
  ['onMessageFrameEnd'],
  ['onMessageFrame', [], 0],
  ['onMessageFrameBegin', 5, 0],
  ['onMessageFrameData', octetsOf('World')],
  ['onMessageFrameEnd'],
  ['onMessageFrame', octetsOf('World'), 0],
  ['onMessageEnd'],
  ['onMessage', octetsOf('HelloWorld'), false],
]

describe('the order of callbacks', () => {
  it('is the documented one on a server', () => {
    const calls: Call[] = []
    const { stream } = openServer(recording('all', calls))
    stream.receive(...helloWorld(frame))
    expect(calls).toEqual([['onOpen'], ...order])
    expect(summary(stream.sent())).toEqual(['10:png'])
  })

  it('is the documented one on a client', () => {
    const calls: Call[] = []
    const { stream } = openClient(recordingClient('all', calls))
    stream.receive(...helloWorld(plain))
    expect(calls).toEqual([['onOpen'], ...order])
    expect(summary(stream.sent())).toEqual(['10:png'])
  })

  it('is the same when every hook returns a promise', async () => {
    const calls: Call[] = []
    const { stream, clock } = openServer(recording('all', calls, () => Promise.resolve()))
    await settled(clock)
    stream.receive(...helloWorld(frame))
    await settled(clock)
    expect(calls).toEqual([['onOpen'], ...order])
    expect(summary(stream.sent())).toEqual(['10:png'])
  })

  for (const slow of new Set(order.map(([hook]) => hook))) {
    it(`is the same when ${slow} alone returns a promise`, async () => {
      const calls: Call[] = []
      const { stream, clock } = openServer(recording('all', calls, hook => (hook === slow ? Promise.resolve() : undefined)))
      stream.receive(...helloWorld(frame))
      await settled(clock)
      expect(calls).toEqual([['onOpen'], ...order])
    })
  }

  it('calls no hook before the promise of the one before has settled', async () => {
    const log: string[] = []
    const calls: Call[] = []
    const { stream, clock } = openServer(
      recording('streams', calls, async hook => {
        log.push(`${hook} begins`)
        await new Promise(resolve => setImmediate(resolve))
        log.push(`${hook} ends`)
      }),
    )
    stream.receive(frame(2, [1]))
    for (let turn = 0; turn < 4; turn++) await settled(clock)
    const hooks = ['onOpen', 'onMessageBegin', 'onMessageFrameBegin', 'onMessageFrameData', 'onMessageFrameEnd', 'onMessageEnd']
    expect(log).toEqual(hooks.flatMap(hook => [`${hook} begins`, `${hook} ends`]))
  })

  it('ends the frame when a promise was held at its very last octet and nothing follows', async () => {
    const calls: Call[] = []
    const { stream, clock } = openServer(
      recording('streams', calls, hook => (hook === 'onMessageFrameData' ? Promise.resolve() : undefined)),
    )
    stream.receive(frame(2, [1]))
    await settled(clock)
    expect(calls.map(([hook]) => hook).slice(-3)).toEqual(['onMessageFrameData', 'onMessageFrameEnd', 'onMessageEnd'])
  })

  it('brings what was received before the peer ended the transport', async () => {
    const calls: Call[] = []
    const { stream, clock } = openServer(
      recording('streams', calls, hook => (hook === 'onMessageFrameData' ? Promise.resolve() : undefined)),
    )
    stream.receive(frame(2, [1]))
    stream.receiveEnd()
    await settled(clock)
    expect(calls.map(([hook]) => hook).slice(-3)).toEqual(['onMessageFrameEnd', 'onMessageEnd', 'onClose'])
  })

  it('gives frames to an application that overrides onMessageFrame alone', () => {
    const calls: Call[] = []
    const { stream } = openServer(recording('frames', calls))
    stream.receive(...helloWorld(frame))
    expect(calls.filter(([hook]) => hook === 'onMessageFrame')).toEqual([
      ['onMessageFrame', octetsOf('Hello'), 0],
      ['onMessageFrame', [], 0],
      ['onMessageFrame', octetsOf('World'), 0],
    ])
  })
})
