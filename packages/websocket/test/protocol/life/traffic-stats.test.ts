import { describe, expect, it } from 'vitest'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { ClientProtocol, openClient, openServer, ServerProtocol } from '../opened.ts'
import { counting, frame } from '../wire.ts'

describe('TrafficStats', () => {
  it('has no ratios before the first octet', () => {
    const stats = new TrafficStats()
    expect([
      stats.outgoingCompressionRatio,
      stats.incomingCompressionRatio,
      stats.outgoingWebSocketOverhead,
      stats.incomingWebSocketOverhead,
    ]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('leaves the handshake out of the overhead', () => {
    const stats = new TrafficStats()
    Object.assign(stats, { outgoingOctetsWireLevel: 130, preopenOutgoingOctetsWireLevel: 20, outgoingOctetsWebSocketLevel: 100 })
    Object.assign(stats, { incomingOctetsWireLevel: 80, preopenIncomingOctetsWireLevel: 20, incomingOctetsWebSocketLevel: 50 })
    Object.assign(stats, { outgoingOctetsAppLevel: 400, incomingOctetsAppLevel: 25 })
    expect([stats.outgoingWebSocketOverhead, stats.incomingWebSocketOverhead]).toEqual([0.1, 0.2])
    expect([stats.outgoingCompressionRatio, stats.incomingCompressionRatio]).toEqual([0.25, 2])
  })

  it('is set to 0 by reset, and written as JSON with its ratios', () => {
    const stats = new TrafficStats()
    stats.outgoingOctetsAppLevel = 2
    stats.outgoingOctetsWebSocketLevel = 1
    stats.outgoingOctetsWireLevel = 1
    expect(JSON.parse(JSON.stringify(stats))).toMatchObject({
      outgoingOctetsAppLevel: 2,
      outgoingCompressionRatio: 0.5,
      outgoingWebSocketOverhead: 0,
    })
    stats.reset()
    expect(stats).toEqual(new TrafficStats())
  })

  it('adds the counts of another, also those from before its resets', () => {
    const names = Object.keys(new TrafficStats())
    const filled = (): TrafficStats => Object.assign(new TrafficStats(), Object.fromEntries(names.map((name, i) => [name, i + 1])))
    const [sum, other] = [filled(), filled()]
    other.reset()
    Object.assign(other, filled())
    other.reset()
    Object.assign(other, filled())
    sum.add(other)
    expect({ ...sum }).toEqual(Object.fromEntries(names.map((name, i) => [name, (i + 1) * 4])))
    expect(other).toEqual(filled())
  })

  it('counts what a connection sends', () => {
    const { protocol, stream } = openClient(ClientProtocol)
    protocol.trafficStats.reset()
    protocol.sendMessage(counting(10), true, { fragmentSize: 4 })
    protocol.sendPing()
    expect(stream.sent().length).toBe(3 * 6 + 10 + 6)
    expect(protocol.trafficStats).toMatchObject({
      outgoingOctetsWireLevel: 34,
      outgoingOctetsWebSocketLevel: 10,
      outgoingOctetsAppLevel: 10,
      outgoingWebSocketFrames: 3,
      outgoingWebSocketMessages: 1,
    })
  })

  it('counts what a connection receives', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    const before = protocol.trafficStats.preopenIncomingOctetsWireLevel
    expect(before).toBe(protocol.trafficStats.incomingOctetsWireLevel)
    stream.receive(frame(1, 'ab', { fin: false }), frame(10), frame(0, 'c'))
    expect(protocol.trafficStats).toMatchObject({
      incomingOctetsWireLevel: before + 8 + 6 + 7,
      preopenIncomingOctetsWireLevel: before,
      incomingOctetsWebSocketLevel: 3,
      incomingOctetsAppLevel: 3,
      incomingWebSocketFrames: 2,
      incomingWebSocketMessages: 1,
    })
  })
})
