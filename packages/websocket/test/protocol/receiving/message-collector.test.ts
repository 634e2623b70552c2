import { describe, expect, it } from 'vitest'
import { MessageCollector } from '../../../src/protocol/receiving/message-collector.ts'
import { counting } from '../wire.ts'

describe('MessageCollector', () => {
  it('collects data into frames and frames into a message', () => {
    const collector = new MessageCollector()
    collector.messageBegan(true)
    frame(collector, [1, 2], [3])
    frame(collector)
    frame(collector, [4])
    expect([collector.isBinary, collector.hasWholeMessage]).toEqual([true, true])
    expect([...collector.takeMessage()]).toEqual([1, 2, 3, 4])
  })

  it('gives the only frame that has octets as it is', () => {
    const collector = new MessageCollector()
    collector.messageBegan(false)
    const octets = counting(3)
    for (const payload of [new Uint8Array(0), octets, new Uint8Array(0)]) {
      collector.frameBegan(payload.length, 0)
      collector.addFrame(payload)
    }
    expect(collector.hasWholeMessage).toBe(true)
    expect(collector.takeMessage()).toBe(octets)
  })

  it('remembers the reserved bits of the frame begun last', () => {
    const collector = new MessageCollector()
    collector.frameBegan(0, 4)
    expect(collector.reserved).toBe(4)
    collector.frameBegan(0, 0)
    expect(collector.reserved).toBe(0)
  })

  it('knows that a frame is not whole whose data was kept elsewhere', () => {
    const collector = new MessageCollector()
    collector.frameBegan(4, 0)
    collector.dataCame(2)
    collector.addData(Uint8Array.of(1, 2))
    expect(collector.hasWholeFrame).toBe(true)
    collector.dataCame(2)
    expect(collector.hasWholeFrame).toBe(false)
  })

  it('knows that a message is not whole of which a frame was kept elsewhere', () => {
    const collector = new MessageCollector()
    collector.messageBegan(false)
    frame(collector, [1])
    collector.frameBegan(1, 0)
    expect(collector.hasWholeMessage).toBe(false)
  })

  it('takes more data than the wire announced, as a decoder makes it', () => {
    const collector = new MessageCollector()
    collector.frameBegan(1, 4)
    for (const octet of [1, 2, 3]) {
      collector.dataCame(1)
      collector.addData(Uint8Array.of(octet))
    }
    expect([...collector.takeFrame()]).toEqual([1, 2, 3])
  })

  it('begins anew with each message, whatever was left', () => {
    const collector = new MessageCollector()
    collector.messageBegan(false)
    frame(collector, [1])
    frame(collector, [2])
    collector.messageBegan(true)
    frame(collector, [3])
    expect([...collector.takeMessage()]).toEqual([3])
    expect(collector.takeMessage().length).toBe(0)
  })

  it('keeps no object per frame: a million small frames take the memory of their octets', () => {
    const collector = new MessageCollector()
    collector.messageBegan(true)
    const octet = Uint8Array.of(7)
    for (let frames = 0; frames < 100_000; frames++) {
      collector.frameBegan(1, 0)
      collector.addFrame(octet)
    }
    const message = collector.takeMessage()
    expect(message.length).toBe(100_000)
    expect(message.buffer.byteLength).toBeLessThanOrEqual(100_000 / 0.75)
  })
})

function frame(collector: MessageCollector, ...data: readonly (readonly number[])[]): void {
  collector.frameBegan(data.flat().length, 0)
  for (const octets of data) {
    collector.dataCame(octets.length)
    collector.addData(Uint8Array.from(octets))
  }
  collector.addFrame(collector.takeFrame())
}
