import { describe, expect, it, vi } from 'vitest'
import { Onlookers } from '../../../src/protocol/connection/onlookers.ts'
import { HandshakeFailed } from '../../../src/protocol/faults/errors.ts'
import type { CloseInfo } from '../../../src/protocol/life/close-info.ts'
import { FakeClock } from '../../../src/testing/index.ts'

const source = {}
const info: CloseInfo = { code: 1000, reason: '', wasClean: true, by: 'peer' }
const octets = Uint8Array.of(1)
const error = new Error('oops')
const request = { path: '/' }
const refusal = new HandshakeFailed('refused with 401 who are you?', 401)

describe('Onlookers', () => {
  it('shows what happens to the observer and the tap, with the source', () => {
    const seen: unknown[] = []
    const look =
      (name: string) =>
      (...args: unknown[]): void => {
        seen.push([name, ...args])
      }
    const observer = {
      requested: look('requested'),
      refused: look('refused'),
      opened: look('opened'),
      closed: look('closed'),
      failed: look('failed'),
      messageSent: look('messageSent'),
    }
    const clock = new FakeClock()
    const onlookers = new Onlookers(source, observer, { octetsReceived: look('received'), octetsSent: look('sent') }, clock)
    clock.advance(3)
    showAll(onlookers)
    expect(seen).toEqual([
      ['requested', source, request],
      ['refused', source, { status: 401, reason: 'refused with 401 who are you?', duration: 3, error: refusal }],
      ['opened', source, 3],
      ['closed', source, info, { wasOpen: true, duration: 3 }],
      ['failed', error, source],
      ['messageSent', source, { isBinary: true, size: 5 }],
      ['received', octets, source],
      ['sent', octets, source],
    ])
  })

  it('gives the tap copies, which it may keep, change and transfer', () => {
    const kept: Uint8Array[] = []
    const keep = (octets: Uint8Array): void => void kept.push(octets)
    const onlookers = new Onlookers(source, undefined, { octetsReceived: keep, octetsSent: keep }, new FakeClock())
    const lent = new Uint8Array(new ArrayBuffer(1000), 100, 200).fill(7)
    onlookers.octetsReceived(lent)
    onlookers.octetsSent(lent)
    lent.fill(0)
    expect(kept.map(({ buffer, length }) => [buffer.byteLength, length])).toEqual([
      [200, 200],
      [200, 200],
    ])
    expect(kept.every(octets => octets.every(octet => octet === 7))).toBe(true)
    kept[0]!.fill(9)
    expect(kept[1]![0]).toBe(7)
  })

  it('says beforehand who looks at octets and messages', () => {
    const looksOf = ({ seeOctetsReceived, seeOctetsSent, seeMessagesSent }: Onlookers): object => ({
      seeOctetsReceived,
      seeOctetsSent,
      seeMessagesSent,
    })
    const nobody = new Onlookers(source, undefined, undefined, new FakeClock())
    expect(looksOf(nobody)).toEqual({ seeOctetsReceived: false, seeOctetsSent: false, seeMessagesSent: false })
    const one = new Onlookers(source, { messageSent: () => {} }, { octetsSent: () => {} }, new FakeClock())
    expect(looksOf(one)).toEqual({ seeOctetsReceived: false, seeOctetsSent: true, seeMessagesSent: true })
  })

  it('shows no refusal for an opening handshake that ended without an HTTP response', () => {
    const refused = vi.fn()
    const onlookers = new Onlookers(source, { refused }, undefined, new FakeClock())
    onlookers.openingFailed(new HandshakeFailed('opening handshake not finished within 5 s'))
    expect(refused).not.toHaveBeenCalled()
  })

  it('says of a connection that ended in its opening handshake that it was not open', () => {
    const closed = vi.fn()
    new Onlookers(source, { closed }, undefined, new FakeClock()).closed(info)
    expect(closed).toHaveBeenCalledWith(source, info, { wasOpen: false, duration: 0 })
  })

  it('works without observers, and with observers that have no methods', () => {
    expect(() => showAll(new Onlookers(source, undefined, undefined, new FakeClock()))).not.toThrow()
    expect(() => showAll(new Onlookers(source, {}, {}, new FakeClock()))).not.toThrow()
  })

  it('ignores what observers and taps throw', () => {
    const fail = (): never => {
      throw error
    }
    const observer = { requested: fail, refused: fail, opened: fail, closed: fail, failed: fail, messageSent: fail }
    const onlookers = new Onlookers(source, observer, { octetsReceived: fail, octetsSent: fail }, new FakeClock())
    expect(() => showAll(onlookers)).not.toThrow()
  })
})

function showAll(onlookers: Onlookers): void {
  onlookers.requested(request)
  onlookers.openingFailed(refusal)
  onlookers.opened()
  onlookers.closed(info)
  onlookers.failed(error)
  onlookers.messageSent(true, 5)
  onlookers.octetsReceived(octets)
  onlookers.octetsSent(octets)
}
