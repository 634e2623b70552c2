import { afterEach, describe, expect, it } from 'vitest'
import type { ServerFactoryOptions } from '../../src/index.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim } from './victim.ts'

const KiB = 1024
const MiB = 1024 * KiB

afterEach(async () => {
  Attacker.endAll()
  await Victim.endAll()
})

describe('against what a server sends', () => {
  it('reads nothing, and is dropped at the limit', async () => {
    const { victim } = await notReading({ maxUnsentSize: MiB })
    const message = new Uint8Array(64 * KiB)
    let most = 0
    for (let sent = 0; sent < 1000 && victim.protocol.isOpen; sent++) {
      victim.protocol.sendMessage(message)
      if (victim.factory.connectionCount === 0) break
      most = Math.max(most, victim.protocol.bufferedAmount)
    }
    expect(await victim.ending()).toMatch(/^unclean 1006 \d+ octets are unsent, above the limit of 1048576: the peer reads too slowly$/)
    expect(most).toBeLessThan(MiB + 2 * 64 * KiB)
  })

  it('reads nothing, and has messages skipped', async () => {
    const { victim, attacker } = await notReading({ maxUnsentSize: MiB, unsentPolicy: 'skip' })
    fill(victim, 1000)
    expect(victim.protocol.isOpen).toBe(true)
    expect(victim.protocol.bufferedAmount).toBeLessThan(MiB + 2 * 64 * KiB)
    expect(victim.protocol.trafficStats.outgoingMessagesNotSent).toBeGreaterThan(800)
    attacker.socket.resume()
    await until(() => victim.protocol.bufferedAmount === 0)
    expect(victim.protocol.sendMessage('room again')).toBe(true)
    await until(() => attacker.received.includes('room again'))
  })

  it('reads nothing, and the application is thrown an error', async () => {
    const { victim } = await notReading({ maxUnsentSize: MiB, unsentPolicy: 'throw' })
    expect(() => fill(victim, 1000)).toThrow(expect.objectContaining({ name: 'UnsentLimitExceeded' }))
    expect(victim.protocol.isOpen).toBe(true)
  })

  it('reads nothing, and broadcasts pass it by where they are told to', async () => {
    const { victim } = await notReading({ sendHighWaterMark: 64 * KiB })
    fill(victim, 200)
    const reader = await Attacker.within(victim.port, upgradeRequest())
    const buffered = victim.protocol.bufferedAmount
    await until(() => victim.factory.connectionCount === 2)
    const [slow] = victim.factory.allConnections
    expect(victim.factory.broadcast('news', { slow: 'skip' })).toEqual({ sent: 1, skipped: 1, skippedMembers: [slow] })
    expect(victim.protocol.bufferedAmount).toBe(buffered)
    await until(() => reader.received.includes('news'))
  })

  it('asks much and reads nothing, and gets everything whole and in order when it reads', async () => {
    const { victim, attacker } = await notReading({ maxUnsentSize: 0 })
    const asked: Buffer[] = []
    for (let batch = 0; batch < 400; batch++) {
      const texts = Array.from({ length: 500 }, (_, at) => `${batch}.${at}`.padEnd(118 + (at % 8), '.'))
      asked.push(...texts.map(text => reply(text)))
      attacker.socket.write(Buffer.concat(texts.map(text => frame(0x81, text))))
    }
    await until(() => victim.factory.messages.length === 200_000)
    expect(victim.protocol.bufferedAmount).toBeGreaterThan(0)
    attacker.socket.resume()
    const wanted = Buffer.concat(asked)
    await until(() => attacker.socket.bytesRead >= wanted.length)
    await until(() => victim.protocol.bufferedAmount === 0)
    expect(attacker.received.equals(wanted)).toBe(true)
  }, 30_000)

  it('resets while much is unsent', async () => {
    const { victim, attacker } = await notReading()
    fill(victim, 100)
    attacker.socket.resetAndDestroy()
    expect(await victim.ending()).toMatch(/^unclean 1006 the transport was lost/)
    expect(victim.factory.errors).toEqual([])
  })
})

async function notReading(options: ServerFactoryOptions = {}): Promise<{ victim: Victim; attacker: Attacker }> {
  const victim = await Victim.listening(options)
  const attacker = await Attacker.within(victim.port, upgradeRequest())
  attacker.socket.pause()
  return { victim, attacker }
}

function fill(victim: Victim, count: number): void {
  const message = new Uint8Array(64 * KiB)
  for (let sent = 0; sent < count; sent++) victim.protocol.sendMessage(message)
}

function reply(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)])
}
