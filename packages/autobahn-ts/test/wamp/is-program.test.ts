import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isProgram } from '../../src/wamp/is-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'programs-'))
const program = join(folder, 'program')
writeFileSync(program, '#!/bin/sh\n')
chmodSync(program, 0o755)
writeFileSync(join(folder, 'text'), 'text')
chmodSync(join(folder, 'text'), 0o644)
afterAll(() => rmSync(folder, { recursive: true }))

describe('a program', () => {
  it('is a file that may be executed, by its path or on the PATH', () => {
    expect(isProgram(program)).toBe(true)
    expect(isProgram('program', { PATH: `/nowhere:${folder}` })).toBe(true)
    expect(isProgram('program', { PATH: '/nowhere' })).toBe(false)
    expect(isProgram('program', {})).toBe(false)
  })

  it('is neither a file that may not be executed nor a folder', () => {
    expect(isProgram(join(folder, 'text'))).toBe(false)
    expect(isProgram(folder)).toBe(false)
    expect(isProgram(join(folder, 'nowhere'))).toBe(false)
  })

  it('is every name on Windows, where names have endings', () => {
    expect(isProgram('anything', { PATH: '' }, 'win32')).toBe(true)
  })
})
