import { afterEach, describe, expect, it } from 'vitest'
import { noOctets, type Octets } from '../../src/bytes/octets.ts'
import { openServer, ServerProtocol } from './opened.ts'
import { frame } from './wire.ts'

describe('what an application is given for good', () => {
  let given: Octets[] = []
  afterEach(() => {
    given = []
  })

  class Messages extends ServerProtocol {
    override onMessage(payload: Octets): void {
      given.push(payload)
    }
    override onPing(payload: Octets): void {
      given.push(payload)
    }
    override onPong(payload: Octets): void {
      given.push(payload)
    }
    override onCloseFrame(_code: number | undefined, reason: Octets): void {
      given.push(reason)
    }
  }
  class Frames extends Messages {
    override onMessageFrame(payload: Octets, reserved: number): void {
      given.push(payload)
      super.onMessageFrame(new Uint8Array(payload), reserved)
    }
  }
  class Streams extends Messages {
    override async onMessageFrameData(payload: Octets): Promise<void> {
      given.push(payload)
    }
  }

  for (const protocol of [Messages, Frames, Streams]) {
    it(`has memory of its own also where it is empty, so that other threads may have it: ${protocol.name}`, async () => {
      const { stream } = openServer(protocol)
      const later = openServer(protocol).stream
      stream.receive(Uint8Array.from([...frame(2), ...frame(1), ...frame(9), ...frame(10), ...frame(8)]))
      await new Promise(resolve => setImmediate(resolve))
      expect(given.length).toBeGreaterThanOrEqual(5)
      expect(given.map(octets => octets.length)).toEqual(given.map(() => 0))
      for (const octets of given) expect(octets.buffer).not.toBe(noOctets.buffer)
      for (const { buffer } of given.splice(0)) structuredClone(buffer, { transfer: [buffer] })
      later.receive(frame(2, [1, 2, 3]).subarray(0, 7))
      later.receive(frame(2, [1, 2, 3]).subarray(7))
      await new Promise(resolve => setImmediate(resolve))
      expect(given.flatMap(octets => [...octets])).toContain(3)
    })
  }
})
