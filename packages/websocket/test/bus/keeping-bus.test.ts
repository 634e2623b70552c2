import { describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import { isKeepingBus } from '../../src/bus/keeping-bus.ts'

describe('isKeepingBus', () => {
  it('tells a bus that keeps messages by its method', () => {
    const bus = new InProcessBus().connect()
    expect([isKeepingBus(bus), isKeepingBus(Object.assign(bus, { keep: () => undefined }))]).toEqual([false, true])
  })
})
