import { expect, it } from 'vitest'
import { Reconnector, type ReconnectorSetup } from '../../src/reconnect/reconnector.ts'
import { Redialer, type Replaceable } from '../../src/reconnect/redialer.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

it('closes nothing for a code or a reason that cannot be sent, and then as a redialer', async () => {
  const closes: unknown[][] = []
  let end: (how: { code: number; reason: string }) => void = () => undefined
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    end = resolve
  })
  const life = new Reconnector({ ...setup, dial: async () => ({ isOpen: true, closed, sendClose: (...how) => void closes.push(how) }) })
  expect(life).toBeInstanceOf(Redialer)
  await life.open()
  await expect(life.close(1006)).rejects.toMatchObject({ name: 'ApiMisuse' })
  await expect(life.close(1000, 'x'.repeat(124))).rejects.toMatchObject({ name: 'ApiMisuse' })
  expect(closes).toEqual([])
  const closing = life.close(3001, 'bye')
  end({ code: 3001, reason: 'bye' })
  await closing
  expect(closes).toEqual([[3001, 'bye']])
})

it('refuses a dial that is not a function', () => {
  expect(() => new Reconnector({ ...setup, dial: 'ws://localhost/' as never })).toThrow(
    'dial must be a function, and not "ws://localhost/"',
  )
})

const setup: Omit<ReconnectorSetup<Replaceable>, 'dial'> = {
  prepare: async () => undefined,
  forget: () => undefined,
  clock: new FakeClock(),
  random: () => 0.5,
  options: {},
}
