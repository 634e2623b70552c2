import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerFactoryOptions } from '../../src/index.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim } from './victim.ts'

const KiB = 1024
const MiB = 1024 * KiB

const badText: readonly (readonly [string, Buffer])[] = [
  ['a lone continuation octet', Buffer.from([0x61, 0x80])],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['an overlong form', Buffer.from([0xc0, 0xaf])],
  ['a longer overlong form', Buffer.from([0xe0, 0x80, 0xaf])],
  ['a point above 10FFFF', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
  ['an octet that is in no UTF-8', Buffer.from([0xff])],
]

afterEach(async () => {
  Attacker.endAll()
  await Victim.endAll()
})

describe('against the frames of a connection', () => {
  it('announces as much as is allowed on many connections, and sends next to nothing', async () => {
    const { victim, attacker } = await under()
    const attackers = [attacker, ...(await more(victim, 63))]
    const before = retained()
    for (const one of attackers) one.socket.write(frame(0x82, 'x', 16 * MiB))
    await until(() => [...victim.factory.connections].every(({ trafficStats }) => trafficStats.incomingOctetsWebSocketLevel === 1))
    expect(retained() - before).toBeLessThan(2 * MiB)
  })

  it('announces a frame and sends no more of it, and no pong either', async () => {
    const { victim, attacker } = await under({ autoPingInterval: 0.1, autoPingTimeout: 0.1 })
    attacker.socket.write(frame(0x82, 'x', 1000))
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 no pong within 0.1 s')
  })

  it('sends fragments without end', async () => {
    const { victim, attacker } = await under({ maxMessageFrames: 1000 })
    attacker.socket.write(frame(0x02, 'x'))
    attacker.socket.write(Buffer.concat(Array.from({ length: 2000 }, () => frame(0x00, 'x'))))
    expect(await attacker.failed()).toBe('1009 message of more than 1000 frames')
    expect(await victim.ending()).toBe('unclean 1006 failed with 1009: message of more than 1000 frames')
  })

  it('sends empty fragments without end', async () => {
    const { attacker } = await under()
    attacker.socket.write(frame(0x01, ''))
    const many = Buffer.concat(Array.from({ length: 1000 }, () => frame(0x00, '')))
    for (let sent = 0; sent < 132; sent++) attacker.socket.write(many)
    expect(await attacker.failed()).toBe('1009 message of more than 131072 frames')
  })

  it('sends empty fragments and pings in turn', async () => {
    const { victim, attacker } = await under()
    attacker.socket.write(frame(0x01, ''))
    const many = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.concat([frame(0x00, ''), frame(0x89, 'ping')])))
    for (let sent = 0; sent < 132; sent++) attacker.socket.write(many)
    await attacker.whole
    expect(await victim.ending()).toContain('message of more than 131072 frames')
  })

  it('sends fragments of one octet, which weigh no more than their octets', async () => {
    const { victim, attacker } = await under()
    const before = retained()
    attacker.socket.write(frame(0x02, 'x'))
    const many = Buffer.concat(Array.from({ length: 1000 }, () => frame(0x00, 'x')))
    for (let sent = 0; sent < 130; sent++) attacker.socket.write(many)
    await until(() => victim.protocol.trafficStats.incomingWebSocketFrames === 130_001)
    expect(retained() - before).toBeLessThan(2 * MiB)
    attacker.socket.write(frame(0x80, 'x'))
    await until(() => victim.factory.messages.length === 1)
    expect(victim.factory.messages).toEqual([130_002])
  }, 30_000)

  it('sends a frame octet by octet, each in a segment of its own', async () => {
    const { victim, attacker } = await under()
    const before = retained()
    attacker.socket.write(frame(0x82, '', 20_000))
    for (let sent = 0; sent < 19_999; sent++) {
      attacker.socket.write('x')
      if (sent % 100 === 0) await until(() => victim.protocol.trafficStats.incomingOctetsWebSocketLevel > sent - 100)
    }
    await until(() => victim.protocol.trafficStats.incomingOctetsWebSocketLevel === 19_999)
    expect(retained() - before).toBeLessThan(MiB)
    attacker.socket.write('x')
    await until(() => victim.factory.messages.length === 1)
    expect(victim.factory.messages).toEqual([20_000])
  }, 30_000)

  it('floods with pings and reads no pong', async () => {
    const { victim, attacker } = await under()
    attacker.socket.pause()
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(0x89, 'x'.repeat(125))))
    const before = retained()
    let mostBuffered = 0
    let mostRetained = 0
    for (let sent = 0; sent < 1000; sent++) {
      if (!attacker.socket.write(pings)) await until(() => attacker.socket.writableLength === 0)
      mostBuffered = Math.max(mostBuffered, victim.protocol.bufferedAmount)
      if (sent % 250 === 249) mostRetained = Math.max(mostRetained, retained())
    }
    expect(mostBuffered).toBeLessThan(64 * KiB + 1000)
    // 125 MiB of pings were sent. What is resident would depend on when the engine collects its garbage.
    expect(mostRetained - before).toBeLessThan(16 * MiB)
    expect(victim.protocol.isOpen).toBe(true)
    attacker.socket.resume()
    await until(() => victim.protocol.bufferedAmount === 0)
    attacker.socket.write(frame(0x81, 'hello'))
    await until(() => attacker.received.subarray(-7).equals(Buffer.from('\x81\x05hello', 'latin1')))
  }, 120_000)

  it('never answers a close frame', async () => {
    const { victim, attacker } = await under({ closeHandshakeTimeout: 0.1 })
    attacker.isStubborn = true
    victim.protocol.sendClose(1000)
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 closing handshake not finished within 0.1 s: the peer did not answer')
  })

  it('sends messages instead of answering a close frame', async () => {
    const { victim, attacker } = await under({ closeHandshakeTimeout: 0.1 })
    attacker.isStubborn = true
    victim.protocol.sendClose(1000)
    const chatter = setInterval(() => attacker.socket.write(frame(0x81, 'but')), 5)
    await attacker.whole
    clearInterval(chatter)
    expect(await victim.ending()).toContain('closing handshake not finished within 0.1 s')
  })

  it('answers a close frame and keeps TCP open', async () => {
    const { victim, attacker } = await under({ failLingerTimeout: 0.1 })
    attacker.isStubborn = true
    victim.protocol.sendClose(1000)
    attacker.socket.write(frame(0x88, Buffer.from([0x03, 0xe8])))
    expect(await victim.ending()).toBe('clean 1000 ')
    expect(victim.listener.connectionCount).toBe(0)
  })

  it('misbehaves and keeps TCP open', async () => {
    const { victim, attacker } = await under({ failLingerTimeout: 0.1 })
    attacker.isStubborn = true
    attacker.socket.write(frame(0x83, 'x'))
    const chatter = setInterval(() => attacker.socket.write(frame(0x81, 'but')), 5)
    await attacker.whole
    clearInterval(chatter)
    expect(await victim.ending()).toMatch(/^unclean 1006 failed with 1002: .*opcode 3/)
    expect(victim.factory.messages).toEqual([])
  })

  it('ends its side without a close frame', async () => {
    const { victim, attacker } = await under()
    attacker.socket.end()
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 the transport ended without a close frame')
  })

  it('resets', async () => {
    const { victim, attacker } = await under()
    attacker.socket.resetAndDestroy()
    expect(await victim.ending()).toMatch(/^unclean 1006 the transport was lost \(.*ECONNRESET.*\) without a close frame$/)
  })

  for (const [what, octets] of badText) {
    it(`sends ${what} in the first fragment of a text, and then nothing`, async () => {
      const { victim, attacker } = await under()
      attacker.socket.write(frame(0x01, octets))
      expect(await attacker.failed()).toMatch(/^1007 text message is not UTF-8/)
      expect(await victim.ending()).toMatch(/^unclean 1006 failed with 1007: text message is not UTF-8/)
    })

    it(`sends ${what} cut into fragments and segments`, async () => {
      const { victim, attacker } = await under()
      for (const [at, octet] of octets.entries()) attacker.socket.write(frame(at === 0 ? 0x01 : 0x00, Buffer.from([octet])))
      expect(await attacker.failed()).toMatch(/^1007 text message is not UTF-8/)
      expect(victim.factory.messages).toEqual([])
    })
  }

  it('ends a text inside a character', async () => {
    const { attacker } = await under()
    attacker.socket.write(frame(0x81, Buffer.from([0xe2, 0x82])))
    expect(await attacker.failed()).toBe('1007 text message ends inside a UTF-8 sequence')
  })
})

async function under(options: ServerFactoryOptions = {}): Promise<{ victim: Victim; attacker: Attacker }> {
  const victim = await Victim.listening(options)
  const attacker = await Attacker.within(victim.port, upgradeRequest())
  return { victim, attacker }
}

function more(victim: Victim, count: number): Promise<Attacker[]> {
  return Promise.all(Array.from({ length: count }, () => Attacker.within(victim.port, upgradeRequest())))
}

/** Octets that are still in use when all garbage is gone. */
function retained(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
