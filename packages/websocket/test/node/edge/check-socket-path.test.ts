import { describe, expect, it } from 'vitest'
import { checkSocketPath } from '../../../src/node/edge/check-socket-path.ts'

describe('checkSocketPath', () => {
  it('takes what the system can keep, in octets', () => {
    expect(() => checkSocketPath(`/${'x'.repeat(106)}`, 'linux')).not.toThrow()
    expect(() => checkSocketPath(`/${'x'.repeat(107)}`, 'linux')).toThrow('at most 107 octets, and this one has 108: "/xxx')
    expect(() => checkSocketPath(`/${'ü'.repeat(60)}`, 'linux')).toThrow('this one has 121')
    expect(() => checkSocketPath(`/${'x'.repeat(103)}`, 'darwin')).toThrow('at most 103 octets')
  })

  it('has no limit for the pipes of Windows', () => {
    expect(() => checkSocketPath(`\\\\.\\pipe\\${'x'.repeat(300)}`, 'win32')).not.toThrow()
  })
})
