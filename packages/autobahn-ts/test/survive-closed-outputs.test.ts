import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { surviveClosedOutputs } from '../src/survive-closed-outputs.ts'

function outputs() {
  const said: string[] = []
  const exits: number[] = []
  const stdout = Object.assign(new EventEmitter(), { write: () => true })
  const stderr = Object.assign(new EventEmitter(), { write: (text: string) => said.push(text) })
  surviveClosedOutputs({ stdout, stderr, exit: code => void exits.push(code) })
  return { stdout, stderr, said, exits }
}

describe('surviveClosedOutputs', () => {
  it('goes on when the reader of an output has gone', () => {
    const { stdout, stderr, said, exits } = outputs()
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    stderr.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect([said, exits]).toEqual([[], []])
  })

  it('ends the program with one sentence when an output cannot be written', () => {
    const { stdout, said, exits } = outputs()
    stdout.emit('error', Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }))
    expect(said).toEqual(['error: the output cannot be written: ENOSPC: no space left on device, write\n'])
    expect(exits).toEqual([1])
  })
})
