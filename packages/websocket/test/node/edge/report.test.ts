import { afterEach, describe, expect, it, vi } from 'vitest'
import { report } from '../../../src/node/edge/report.ts'
import { EchoFactory } from '../../fixtures/echo.ts'

describe('report', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('tells the factory, always with an Error', () => {
    const factory = new EchoFactory()
    const error = new Error('of the server')
    report(factory, error)
    report(factory, 'no error')
    expect(factory.errors).toEqual([error, new Error('no error')])
  })

  it('prints what onError throws, and goes on', () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const factory = new EchoFactory()
    const thrown = new Error('in onError')
    factory.onError = () => {
      throw thrown
    }
    report(factory, new Error('of the server'))
    expect(printed).toHaveBeenCalledWith(thrown)
  })
})
