import { describe, expect, it } from 'vitest'
import type { Case, CloseExpectation, Event } from '../../src/cases/case.ts'
import { anything, came, cleanClose, failedWith, informationalClose, nonStrict, ok } from '../../src/cases/words.ts'
import { type Ending, judge, judgeDeclined, Match } from '../../src/run/judge.ts'
import { utf8 } from '../../src/wire/octets.ts'

const clean: Ending = { role: 'client', firstToClose: 'fuzzer', receivedClose: { code: 1000 }, wasClean: true, droppedBy: 'testee' }

describe('judge, on the behavior', () => {
  const accepted = [ok(came.text('a'), came.pong('b')), nonStrict()]

  it('uses the first outcome that equals the events', () => {
    expect(behavior(accepted, [came.text(utf8('a')), came.pong(utf8('b'))])).toBe('OK')
    expect(behavior(accepted, [])).toBe('NON-STRICT')
  })

  it.each<readonly Event[]>([
    [came.text('a')],
    [came.pong('b'), came.text('a')],
    [came.text('a'), came.pong('c')],
    [came.binary('a'), came.pong('b')],
    [came.text('a'), came.pong('b'), came.pong('b')],
  ])('fails missing, additional, other and reordered events', (...events) => {
    expect(behavior(accepted, events)).toBe('FAILED')
  })

  it('fails a broken rule, whatever the case accepts', () => {
    expect(behavior([anything], [{ kind: 'violation', what: 'x' }])).toBe('FAILED')
    expect(behavior([anything], [came.text('whatever')])).toBe('INFORMATIONAL')
  })
})

describe('judge, on the close', () => {
  it.each<[string, CloseExpectation, Partial<Ending>]>([
    ['OK', cleanClose, {}],
    ['FAILED', cleanClose, { firstToClose: 'testee' }],
    ['UNCLEAN', cleanClose, { wasClean: false, receivedClose: undefined }],
    ['WRONG CODE', cleanClose, { receivedClose: { code: 1001 } }],
    ['OK', cleanClose, { receivedClose: {} }],
    ['FAILED BY CLIENT', cleanClose, { droppedBy: 'fuzzer' }],
    ['OK', cleanClose, { droppedBy: 'fuzzer', role: 'server' }],
    ['OK', failedWith(1002), { firstToClose: 'testee', receivedClose: { code: 1002 } }],
    ['OK', failedWith(1002), { firstToClose: 'testee', receivedClose: undefined, wasClean: false }],
    ['OK', failedWith(1002), { firstToClose: 'testee', receivedClose: {} }],
    ['WRONG CODE', failedWith(1002), { firstToClose: 'testee', receivedClose: { code: 1007 } }],
    ['FAILED', failedWith(1002), { firstToClose: 'fuzzer', wasClean: false, receivedClose: undefined }],
    ['INFORMATIONAL', informationalClose, { firstToClose: undefined }],
  ])('is %s', (verdict, close, ending) => {
    expect(judge(testCase([ok()], close), [], { ...clean, ...ending }).close.verdict).toBe(verdict)
  })
})

describe('judge, where a wrong close fails the behavior', () => {
  const byCode: CloseExpectation = { ...cleanClose, fatal: 'code' }
  const bySide: CloseExpectation = { ...failedWith(1007), fatal: 'side' }

  it.each<[string, CloseExpectation, Partial<Ending>]>([
    ['OK', byCode, {}],
    ['FAILED', byCode, { receivedClose: { code: 1001 } }],
    ['OK', byCode, { receivedClose: {} }],
    ['OK', byCode, { firstToClose: 'testee' }],
    ['OK', byCode, { wasClean: false, receivedClose: undefined }],
    ['OK', bySide, { firstToClose: 'testee', receivedClose: { code: 1002 } }],
    ['FAILED', bySide, { firstToClose: 'fuzzer' }],
    ['OK', cleanClose, { receivedClose: { code: 1001 } }],
    ['OK', failedWith(1007), { firstToClose: 'fuzzer' }],
  ])('is %s', (verdict, close, ending) => {
    expect(judge(testCase([ok()], close), [], { ...clean, ...ending }).behavior.verdict).toBe(verdict)
  })

  it('has the reason of the close', () => {
    const { behavior, close } = judge(testCase([ok()], byCode), [], { ...clean, receivedClose: { code: 1001 } })
    expect(behavior.reason).toBe(close.reason)
    expect(close.reason).toBe(
      'Expected a close by the fuzzer that the testee answers with 1000 or no code; got a close by the fuzzer, which the testee answered with close 1001.',
    )
  })
})

describe('judgeDeclined', () => {
  it('judges the closing handshake that follows', () => {
    expect(judgeDeclined('why', clean)).toMatchObject({ behavior: { verdict: 'UNIMPLEMENTED', reason: 'why' }, close: { verdict: 'OK' } })
    expect(judgeDeclined('why', { ...clean, receivedClose: { code: 1011 } }).close.verdict).toBe('WRONG CODE')
  })
})

describe('judge, on limits', () => {
  const limited: Ending = { ...clean, firstToClose: 'testee', receivedClose: { code: 1009, reason: 'too large' } }
  const judged = (ending: Partial<Ending>, events: readonly Event[] = []): ReturnType<typeof judge> =>
    judge(testCase([ok(came.text('a'))], cleanClose), events, { ...limited, ...ending })

  it('names the limit of a testee that ends the case, and fails it all the same', () => {
    const { behavior: verdict, limit } = judged({})
    expect(verdict.verdict).toBe('FAILED')
    expect(verdict.reason).toContain('The testee reached a limit of its own: it closed with 1009 (too large).')
    expect(limit).toEqual({ code: 1009, reason: 'too large' })
  })

  it('does not count a fault as a limit', () => {
    expect(judged({ receivedClose: { code: 1002 } }).limit).toBeUndefined()
    expect(judged({ firstToClose: 'fuzzer' }).limit).toBeUndefined()
    expect(judged({}, [{ kind: 'violation', what: 'x' }]).limit).toBeUndefined()
    expect(judged({}, [came.text('a')]).limit).toBeUndefined()
  })
})

describe('Match', () => {
  it('is possible while events are the beginning of an outcome', () => {
    const outcome = ok(came.text('a'), came.mark('m'), came.roundTrips(2))
    expect(new Match(outcome, []).isPossible).toBe(true)
    expect(new Match(outcome, [came.text('a'), came.mark('m')]).isPossible).toBe(true)
    expect(new Match(outcome, [came.text('a'), came.mark('n')]).isPossible).toBe(false)
    expect(new Match(outcome, [came.text('a'), came.mark('m'), came.roundTrips(1)]).isPossible).toBe(false)
  })
})

describe('optional pongs', () => {
  const outcome = { ...ok(came.text('a')), pongs: ['1', '2', '3'] }

  it('are accepted in order, at any place, and the last has to come', () => {
    expect(new Match(outcome, [came.pong('1'), came.text('a'), came.pong('3')]).isComplete).toBe(true)
    expect(new Match(outcome, [came.text('a'), came.pong('3')]).isComplete).toBe(true)
    expect(new Match(outcome, [came.text('a'), came.pong('2')]).isComplete).toBe(false)
    expect(new Match(outcome, [came.pong('3')]).isComplete).toBe(false)
    expect(new Match(outcome, [came.pong('3')]).isPossible).toBe(true)
    expect(new Match(outcome, [came.pong('2'), came.pong('1')]).isPossible).toBe(false)
    expect(new Match(outcome, [came.pong('4')]).isPossible).toBe(false)
    expect(new Match(outcome, [came.pong('1'), came.pong('1')]).isPossible).toBe(false)
  })
})

function behavior(accepted: Case['accepted'], events: readonly Event[]): string {
  return judge(testCase(accepted, cleanClose), events, clean).behavior.verdict
}

function testCase(accepted: Case['accepted'], close: CloseExpectation): Case {
  return { id: '1', title: '', expectation: '', section: '', steps: [], accepted, close }
}
