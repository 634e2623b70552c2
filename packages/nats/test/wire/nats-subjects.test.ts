import { describe, expect, it } from 'vitest'
import { NatsSubjects } from '../../src/wire/nats-subjects.ts'

const subjects = new NatsSubjects('chat', text => `hash${text.length}`)

describe('NatsSubjects', () => {
  it('names subjects below the prefix, by their hash where they are long', () => {
    expect(subjects.of('room.7')).toEqual({ name: 'chat.m.room.7', inside: undefined })
    expect(subjects.of('x'.repeat(2048)).inside).toBeUndefined()
    expect(subjects.of('x'.repeat(2049))).toEqual({ name: 'chat.h.hash2049', inside: 'x'.repeat(2049) })
    expect(subjects.of('ä'.repeat(700)).name).toBe('chat.h.hash2100')
  })

  it('asks for patterns without wildcards by one name, and for others by two, of which one is that of long subjects', () => {
    expect(subjects.forPattern('room.7')).toEqual(['chat.m.room.7'])
    expect(subjects.forPattern('x'.repeat(2049))).toEqual(['chat.h.hash2049'])
    expect(subjects.forPattern('room.*')).toEqual(['chat.m.room.*', 'chat.h.>'])
    expect(subjects.forPattern(`${'x'.repeat(2049)}.*`)).toEqual(['chat.m.>', 'chat.h.>'])
  })

  it('finds the subject of a message again, and refuses a hash of something else', () => {
    for (const subject of ['room.7', 'ä', 'x'.repeat(5000)]) expect(subjects.subjectIn(subjects.of(subject))).toBe(subject)
    expect(subjects.subjectIn({ name: 'chat.h.hash9', inside: 'x' })).toBeUndefined()
    expect(subjects.subjectIn({ name: 'chat.h.hash1', inside: undefined })).toBeUndefined()
    expect(subjects.subjectIn({ name: 'chat.m.=', inside: 'ignored' })).toBe('')
  })

  it('tells whether a subject fits a pattern', () => {
    expect([subjects.fits('a.b', 'a.*'), subjects.fits('a', 'a.*')]).toEqual([true, false])
  })
})
