import { describe, expect, it } from 'vitest'
import { Onlookers } from '../../../src/protocol/connection/onlookers.ts'
import type { CloseInfo } from '../../../src/protocol/life/close-info.ts'

const source = {}
const info: CloseInfo = { code: 1000, reason: '', wasClean: true, by: 'peer' }
const octets = Uint8Array.of(1)
const error = new Error('oops')

describe('Onlookers', () => {
  it('shows what happens to the observer and the tap, with the source', () => {
    const seen: unknown[] = []
    const look =
      (name: string) =>
      (...args: unknown[]): void => {
        seen.push([name, ...args])
      }
    const observer = { opened: look('opened'), closed: look('closed'), failed: look('failed') }
    const onlookers = new Onlookers(source, observer, { octetsReceived: look('received'), octetsSent: look('sent') })
    showAll(onlookers)
    expect(seen).toEqual([
      ['opened', source],
      ['closed', source, info],
      ['failed', error, source],
      ['received', octets, source],
      ['sent', octets, source],
    ])
  })

  it('gives the tap copies, which it may keep, change and transfer', () => {
    const kept: Uint8Array[] = []
    const keep = (octets: Uint8Array): void => void kept.push(octets)
    const onlookers = new Onlookers(source, undefined, { octetsReceived: keep, octetsSent: keep })
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

  it('says beforehand who looks at octets', () => {
    const nobody = new Onlookers(source, undefined, undefined)
    expect({ seeOctetsReceived: nobody.seeOctetsReceived, seeOctetsSent: nobody.seeOctetsSent }).toEqual({
      seeOctetsReceived: false,
      seeOctetsSent: false,
    })
    const one = new Onlookers(source, undefined, { octetsSent: () => {} })
    expect({ seeOctetsReceived: one.seeOctetsReceived, seeOctetsSent: one.seeOctetsSent }).toEqual({
      seeOctetsReceived: false,
      seeOctetsSent: true,
    })
  })

  it('works without anybody, and with those who look at nothing', () => {
    expect(() => showAll(new Onlookers(source, undefined, undefined))).not.toThrow()
    expect(() => showAll(new Onlookers(source, {}, {}))).not.toThrow()
  })

  it('keeps what they throw to themselves', () => {
    const fail = (): never => {
      throw error
    }
    const onlookers = new Onlookers(source, { opened: fail, closed: fail, failed: fail }, { octetsReceived: fail, octetsSent: fail })
    expect(() => showAll(onlookers)).not.toThrow()
  })
})

function showAll(onlookers: Onlookers): void {
  onlookers.opened()
  onlookers.closed(info)
  onlookers.failed(error)
  onlookers.octetsReceived(octets)
  onlookers.octetsSent(octets)
}
