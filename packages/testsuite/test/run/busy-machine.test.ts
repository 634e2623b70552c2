import { expect, it } from 'vitest'
import { BusyMachine } from '../../src/run/busy-machine.ts'

it('finds the machine busy if turns of the loop come late', async () => {
  const machine = new BusyMachine()
  for (let turn = 0; turn < 10; turn++) {
    await new Promise(resolve => setTimeout(resolve, 5))
    const end = performance.now() + 40
    while (performance.now() < end);
  }
  expect(machine.isBusy).toBe(true)
  machine.stop()
  expect(machine.isBusy).toBe(true)
})
