import type { Bus } from '../bus/bus.ts'
import type { Schedule, Timer } from '../bytes/clock.ts'
import type { Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { webSchedule } from '../bytes/web-schedule.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import type { Census, CensusProcess } from './census.ts'
import { Listening } from './listening.ts'
import { type RollMessage, readRollMessage, writeRollMessage } from './presence-message.ts'

/** A room with members, as the roll call sees it. */
export interface CountedRoom {
  readonly size: number
  /** The descriptions of its members, where they are described: at most so many. */
  described(most: number): readonly unknown[]
  /** Called when a process has not been heard of for so long that its members count as gone. Must not throw. */
  processLost(process: string): void
  /** Called with errors that have no recipient. Must not throw. */
  failed(thrown: unknown): void
}

/**
 * The processes on a bus that have members of channels, and questions to them. All channels on one bus share one.
 *
 * A process with members says so every 5 s (a *beat*), and says when it has none any more. So the others know who should answer a question. Nothing is sent
 * and nothing is asked for while a process has no members and no questions.
 */
export class RollCall {
  /** The name of this process on the bus. */
  readonly process: string = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  readonly #bus: Bus
  readonly #schedule: Schedule
  readonly #rooms = new Map<string, Set<CountedRoom>>()
  /** The other processes with members, each with the number of beats of this process since it was last heard. */
  readonly #known = new Map<string, number>()
  readonly #questions = new Map<number, Question>()
  #lastQuestion = 0
  #messages: Listening | undefined
  #answers: Listening | undefined
  #timer: Timer | undefined
  /** The number of beats for which the bus has been connected, up to those after which all other processes must have been heard. */
  #connectedBeats = 0
  /** The number of beats since there were members or questions here. */
  #idleBeats = 0

  /** Returns the roll call of a bus, and makes it the first time. */
  static on(bus: Bus): RollCall {
    const existing = rollCalls.get(bus)
    if (existing !== undefined) return existing
    const made = new RollCall(bus, webSchedule)
    rollCalls.set(bus, made)
    return made
  }

  constructor(bus: Bus, schedule: Schedule) {
    this.#bus = bus
    this.#schedule = schedule
  }

  /** Adds a room that has got its first member, under the subject of its channel. */
  enter(subject: string, room: CountedRoom): void {
    const isFirst = this.#rooms.size === 0
    const rooms = this.#rooms.get(subject)
    if (rooms === undefined) this.#rooms.set(subject, new Set([room]))
    else rooms.add(room)
    this.#begin()
    if (isFirst) this.#say(everybody, { here: this.process })
  }

  /** Removes a room whose last member has left. */
  leave(subject: string, room: CountedRoom): void {
    const rooms = this.#rooms.get(subject)
    if (rooms === undefined || !rooms.delete(room) || rooms.size > 0) return
    this.#rooms.delete(subject)
    if (this.#rooms.size === 0) this.#say(everybody, { gone: this.process })
  }

  /**
   * Asks the other processes for their members of a channel. Resolves when all that are known have answered, or when the time is over. Until
   * this process has listened for two beats, others may be there that it has not heard of, so it waits for the whole time.
   *
   * `room` is the one of this process, which counts also where the bus does not pass messages to it. Rejects with the error of the bus where that refuses the subscription to the answers, and with `ApiMisuse` for too many questions at once.
   */
  async census(subject: string, deadline: number, room: CountedRoom | undefined): Promise<Census> {
    if (this.#questions.size >= mostQuestions) throw new ApiMisuse(`at most ${mostQuestions} censuses may be under way at once`)
    const wasConnected = this.#bus.isConnected
    const number = ++this.#lastQuestion
    const question = new Question()
    this.#questions.set(number, question)
    const timer = this.#schedule(() => question.end(), deadline * 1000)
    try {
      this.#begin()
      await Promise.race([this.#listenForAnswers(), question.ended])
      this.#say(everybody, { question: number, from: this.process, subject })
      this.#look(question)
      await question.ended
    } finally {
      timer.cancel()
      this.#questions.delete(number)
    }
    const silent = [...this.#known.keys()].filter(process => !question.answers.has(process))
    const processes = [...this.#own(subject, room), ...question.answers.values()].filter(({ size }) => size > 0)
    return {
      size: processes.reduce((sum, { size }) => sum + size, 0),
      processes,
      silent,
      isComplete: wasConnected && this.#bus.isConnected && silent.length === 0,
    }
  }

  // ---- listening

  #begin(): void {
    this.#idleBeats = 0
    if (this.#messages?.wasRefused) this.#messages = undefined
    this.#messages ??= new Listening({ bus: this.#bus, failed: this.#failed }, everybody, octets => this.#received(octets))
    this.#timer ??= this.#schedule(() => this.#beat(), beatInterval)
  }

  #end(): void {
    this.#messages?.end()
    this.#answers?.end()
    this.#messages = undefined
    this.#answers = undefined
    this.#connectedBeats = 0
    this.#known.clear()
  }

  #listenForAnswers(): Promise<void> {
    if (this.#answers === undefined || this.#answers.wasRefused) {
      const settings = { bus: this.#bus, failed: this.#failed }
      this.#answers = new Listening(settings, answersOf(this.process), octets => this.#received(octets))
    }
    return this.#answers.confirmed
  }

  #beat(): void {
    this.#timer = undefined
    this.#idleBeats = this.#rooms.size > 0 || this.#questions.size > 0 ? 0 : this.#idleBeats + 1
    if (this.#idleBeats >= mostIdleBeats) return this.#end()
    this.#timer = this.#schedule(() => this.#beat(), beatInterval)
    this.#connectedBeats = this.#bus.isConnected ? this.#connectedBeats + 1 : 0
    // While the bus is away nobody can be heard.
    if (!this.#bus.isConnected) return
    if (this.#rooms.size > 0) this.#say(everybody, { here: this.process })
    for (const [process, beats] of this.#known) {
      this.#known.set(process, beats + 1)
      if (beats >= mostSilentBeats) this.#lost(process)
    }
  }

  #lost(process: string): void {
    this.#known.delete(process)
    for (const rooms of this.#rooms.values()) for (const room of rooms) room.processLost(process)
  }

  // ---- messages

  #received(octets: Octets): void {
    const message = octets.length > largestMessage ? undefined : readRollMessage(octets, webText)
    if (message === undefined) this.#failed(new Error('what came over the bus is not a message about members'))
    else if ('here' in message) this.#heard(message.here)
    else if ('gone' in message) this.#known.delete(message.gone)
    else if ('question' in message) this.#answer(message.from, message.question, message.subject)
    else this.#answered(message)
    for (const question of this.#questions.values()) this.#look(question)
  }

  #heard(process: string): void {
    if (process === this.process) return
    if (this.#known.has(process) || this.#known.size < mostProcesses) this.#known.set(process, 0)
  }

  #answer(from: string, answer: number, subject: string): void {
    if (from === this.process || this.#rooms.size === 0) return
    const [own = { process: this.process, size: 0, members: [] }] = this.#own(subject)
    this.#say(answersOf(from), { answer, ...own })
  }

  #answered({ answer, process, size, members }: { readonly answer: number } & CensusProcess): void {
    this.#heard(process)
    const answers = this.#questions.get(answer)?.answers
    if (answers === undefined || answers.size >= mostProcesses || process === this.process) return
    answers.set(process, { process, size, members: members.slice(0, mostDescribed) })
  }

  /** Ends a question that all known processes have answered. */
  #look(question: Question): void {
    if (this.#connectedBeats < settlingBeats) return
    for (const process of this.#known.keys()) if (!question.answers.has(process)) return
    question.end()
  }

  #own(subject: string, room?: CountedRoom): CensusProcess[] {
    const rooms = [...new Set([...(this.#rooms.get(subject) ?? []), ...(room === undefined ? [] : [room])])]
    if (rooms.length === 0) return []
    const members = rooms.flatMap(room => room.described(mostDescribed)).slice(0, mostDescribed)
    return [{ process: this.process, size: rooms.reduce((sum, { size }) => sum + size, 0), members }]
  }

  /** Publishes a message. Never throws: errors are reported, unless the bus is not connected. */
  #say(subject: string, message: RollMessage): void {
    const failed = this.#bus.isConnected ? this.#failed : ignore
    guarded(() => this.#bus.publish(subject, writeRollMessage(message, webText)), failed)
  }

  /** Reports an error to one of the rooms, which share it; without rooms there is a question, which takes too long. */
  readonly #failed = (thrown: unknown): void => {
    for (const rooms of this.#rooms.values()) for (const room of rooms) return room.failed(thrown)
  }
}

/** A question to the other processes. */
class Question {
  readonly answers = new Map<string, CensusProcess>()
  readonly ended: Promise<void>
  #end: () => void = () => undefined

  constructor() {
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  end(): void {
    this.#end()
  }
}

/** The subject of the answers to one process. Names of channels become subjects in which no token begins with `=` and a small letter. */
function answersOf(process: string): string {
  return `=process.${process}`
}

function ignore(): void {}

/** The subject of what all processes should hear. */
const everybody = '=processes'
const rollCalls = new WeakMap<Bus, RollCall>()
const beatInterval = 5000
/** The number of beats after which each process must have been heard. */
const settlingBeats = 2
/** The number of beats after which a silent process counts as gone. */
const mostSilentBeats = 3
const mostIdleBeats = 12
const mostProcesses = 10_000
const mostQuestions = 1000
const mostDescribed = 1000
const largestMessage = 8 * 1024 * 1024
