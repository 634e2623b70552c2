import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { WholeFrames } from '../../../src/protocol/receiving/whole-frames.ts'
import { textOf } from '../wire.ts'

const ping = { opcode: 9, isFinal: true, reserved: 0, length: 3 }

describe('WholeFrames', () => {
  it('gathers a frame that comes in pieces, and then the next one', () => {
    const { frames, sink, received } = make(0)
    frames.begin(ping)
    expect(frames.isReading).toBe(true)
    frames.append(webText.encode('xabx'), 1, 3, 1)
    frames.append(webText.encode('c'), 0, 1, 0)
    frames.end(sink)
    expect(frames.isReading).toBe(false)
    frames.begin({ ...ping, opcode: 10, length: 0 })
    frames.end(sink)
    expect(received).toEqual(['9 abc', '10 '])
  })

  it('may begin the next frame while the one before is handed on', () => {
    const { frames } = make(0)
    frames.begin(ping)
    frames.end({ wholeFrameReceived: () => frames.begin(ping) })
    expect(frames.isReading).toBe(true)
  })

  it('refuses a frame above the limit, and above 16 MiB where there is none', () => {
    const refusal = (limit: number, length: number) => () => make(limit).frames.begin({ ...ping, length })
    expect(refusal(2, 3)).toThrow('frame of 3 octets is above the limit of 2')
    expect(refusal(0, 16 * 1024 * 1024 + 1)).toThrow('frame of 16777217 octets is above the limit of 16777216')
    expect(refusal(0, 16 * 1024 * 1024)).not.toThrow()
  })
})

function make(limit: number) {
  const received: string[] = []
  const sink = {
    wholeFrameReceived: ({ opcode }: { opcode: number }, payload: Uint8Array) => void received.push(`${opcode} ${textOf(payload)}`),
  }
  return { frames: new WholeFrames(limit), sink, received }
}
