import { describe, expect, it } from 'vitest'
import { PayloadMemory } from '../../src/bytes/payload-memory.ts'
import { webText } from '../../src/bytes/text.ts'
import { InboxDelivery } from '../../src/conversation/inbox-delivery.ts'
import { HookRunner } from '../../src/protocol/hooks/hook-runner.ts'
import type { Delivery } from '../../src/protocol/receiving/delivery.ts'

describe('InboxDelivery', () => {
  it('hands a message that comes in one piece over in one call', () => {
    const { delivery, log } = made()
    delivery.messageBegan(true)
    delivery.frameBegan(3, 0, true)
    delivery.frameData(Uint8Array.of(9, 1, 2, 3, 9), 1, 4, 0)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(log).toEqual(['whole [1,2,3] of 3'])
  })

  it('decodes a text that comes in one piece, and tells its length in octets', () => {
    const { delivery, log } = made()
    const octets = Buffer.from('-grün-')
    delivery.messageBegan(false)
    delivery.frameBegan(5, 0, true)
    expect(delivery.textCame(octets, 1, 6, true)).toBe(true)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(log).toEqual(['whole "grün" of 5'])
  })

  it('refuses a text that is not UTF-8', () => {
    const { delivery, log } = made()
    delivery.messageBegan(false)
    delivery.frameBegan(1, 0, true)
    expect(delivery.textCame(Uint8Array.of(0xff), 0, 1, true)).toBe(false)
    expect(log).toEqual([])
  })

  for (const [isBinary, whole] of [
    [true, 'whole [] of 0'],
    [false, 'whole "" of 0'],
  ] as const) {
    it(`hands over an empty message that is ${isBinary ? 'binary' : 'text'}`, () => {
      const { delivery, log } = made()
      delivery.messageBegan(isBinary)
      delivery.frameBegan(0, 0, true)
      delivery.frameEnded()
      delivery.messageEnded()
      expect(log).toEqual([whole])
    })
  }

  it('gives octets memory of their own', () => {
    const { delivery, messages } = made()
    const octets = new Uint8Array(3000).fill(7)
    delivery.messageBegan(true)
    delivery.frameBegan(3000, 0, true)
    delivery.frameData(octets, 0, 3000, 0)
    delivery.messageEnded()
    octets.fill(0)
    expect(messages[0]).toEqual(new Uint8Array(3000).fill(7))
  })

  it('tells the hooks step by step of a message whose frame comes in pieces', () => {
    const { delivery, log } = made()
    delivery.messageBegan(true)
    delivery.frameBegan(4, 2, true)
    delivery.frameData(Uint8Array.of(1, 2), 0, 2, 2)
    delivery.frameData(Uint8Array.of(3, 4), 0, 2, 0)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(log).toEqual(['began true', 'frame 4 2 true', 'data [1,2] 2', 'data [3,4] 0', 'frame ended', 'message ended'])
  })

  it('tells the hooks step by step of a message in several frames, and of text in the last one of them', () => {
    const { delivery, log } = made()
    delivery.messageBegan(false)
    delivery.frameBegan(0, 0, false)
    delivery.frameEnded()
    delivery.frameBegan(1, 0, true)
    expect(delivery.textCame(Buffer.from('a'), 0, 1, true)).toBe(true)
    delivery.frameEnded()
    delivery.messageEnded()
    const ends = ['frame ended', 'message ended']
    expect(log).toEqual(['began false', 'frame 0 0 false', 'frame ended', 'frame 1 0 true', 'data [97] 0', ...ends])
  })

  it('tells the hooks step by step where an extension asks what is kept of the message', () => {
    const { delivery, log } = made()
    delivery.messageBegan(true)
    expect(delivery.keeps).toBe('message')
    delivery.frameBegan(1, 0, true)
    delivery.frameData(Uint8Array.of(1), 0, 1, 0)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(log).toEqual(['began true', 'frame 1 0 true', 'data [1] 0', 'frame ended', 'message ended'])
  })

  it('tells the hooks what looked like the whole message when more of it comes', () => {
    const { delivery, log } = made()
    delivery.messageBegan(true)
    delivery.frameBegan(1, 0, true)
    delivery.frameData(Uint8Array.of(1), 0, 1, 0)
    delivery.frameData(Uint8Array.of(2), 0, 1, 0)
    delivery.frameEnded()
    delivery.messageEnded()
    expect(log).toEqual(['began true', 'frame 1 0 true', 'data [1] 0', 'data [2] 0', 'frame ended', 'message ended'])
  })

  it('keeps the order where messages have to wait', () => {
    const { delivery, log, runner } = made()
    runner.pause()
    for (const octet of [1, 2]) {
      delivery.messageBegan(true)
      delivery.frameBegan(1, 0, true)
      delivery.frameData(Uint8Array.of(octet), 0, 1, 0)
      delivery.messageEnded()
    }
    expect(log).toEqual([])
    runner.resume()
    expect(log).toEqual(['whole [1] of 1', 'whole [2] of 1'])
  })
})

describe('InboxDelivery for one connection after the other', () => {
  it('hands messages to the connection that they came on, also those that wait for its hooks', () => {
    const [first, second] = [made(), made()]
    const { delivery } = first
    const whole = (octet: number): void => {
      delivery.messageBegan(true)
      delivery.frameBegan(1, 0, true)
      delivery.frameData(Uint8Array.of(octet), 0, 1, 0)
      delivery.messageEnded()
    }
    first.runner.pause()
    whole(1)
    delivery.release()
    delivery.serve(second.runner, { conversation: second.receiver, onMessage: () => undefined })
    whole(2)
    first.runner.resume()
    expect([first.log, second.log]).toEqual([['whole [1] of 1'], ['whole [2] of 1']])
  })

  it('tells the hooks of each of a message that comes in pieces', () => {
    const [first, second] = [made(), made()]
    const { delivery } = first
    for (const { runner, receiver } of [first, second]) {
      delivery.release()
      delivery.serve(runner, { conversation: receiver, onMessage: () => undefined })
      delivery.messageBegan(true)
      delivery.frameBegan(1, 0, false)
      delivery.frameEnded()
      delivery.frameBegan(0, 0, true)
      delivery.frameEnded()
      delivery.messageEnded()
    }
    expect(first.log).toEqual(['began true', 'frame 1 0 false', 'frame ended', 'frame 0 0 true', 'frame ended', 'message ended'])
    expect(second.log).toEqual(first.log)
  })
})

/** A delivery, and what it hands over and tells the hooks. */
function made() {
  const log: string[] = []
  const messages: unknown[] = []
  const runner = new HookRunner({ readingReleased: () => {}, hookFailed: error => log.push(`failed ${error}`) })
  const receiver = {
    onMessage(message: string | Uint8Array, length: number): undefined {
      messages.push(message)
      log.push(`whole ${JSON.stringify(typeof message === 'string' ? message : [...message])} of ${length}`)
    },
    inSteps: () => steps,
  }
  const steps: Delivery = {
    keeps: 'message',
    messageBegan: isBinary => log.push(`began ${isBinary}`),
    frameBegan: (length, reserved, isFinal) => log.push(`frame ${length} ${reserved} ${isFinal}`),
    frameData: (octets, start, end, missing) => log.push(`data [${octets.subarray(start, end).join()}] ${missing}`),
    frameEnded: () => log.push('frame ended'),
    messageEnded: () => log.push('message ended'),
    chunkEnded: () => {},
  }
  const delivery = new InboxDelivery(runner, receiver, webText, new PayloadMemory())
  return { delivery, receiver, runner, log, messages }
}
