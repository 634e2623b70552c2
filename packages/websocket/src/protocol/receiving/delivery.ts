import type { Clock } from '../../bytes/clock.ts'
import { GatheredOctets } from '../../bytes/gathered-octets.ts'
import { joinedInTurns } from '../../bytes/joined-in-turns.ts'
import { type Allocate, allocateZeroed, type Octets, type ReceivedOctets } from '../../bytes/octets.ts'
import type { PayloadMemory } from '../../bytes/payload-memory.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks, Kept } from '../hooks/hooks.ts'
import type { ReceivingHooks } from '../hooks/watched-hooks.ts'
import type { MessageCollector } from './message-collector.ts'

/** Brings messages to the application, whole or as they arrive. One is chosen for each connection when its first octets come. */
export interface Delivery {
  /** The part of the message that has begun which stays in memory until it is complete. */
  readonly keeps: Kept
  messageBegan(isBinary: boolean): void
  frameBegan(length: number | bigint, reserved: number, isFinal: boolean): void
  /**
   * Receives a text that is here in one piece, in place of `frameData`, where texts are wanted as strings. The octets are lent. Returns false where
   * they are not UTF-8.
   */
  textCame?(octets: Octets, start: number, end: number, validates: boolean): boolean
  /** Receives octets, which are lent. `missing`: the number of octets of this frame that are known to follow. */
  frameData(octets: Octets, start: number, end: number, missing: number): void
  frameEnded(): void
  messageEnded(): void
  /** Called when everything that was received at once has been parsed. */
  chunkEnded(): void
  /** Tells whether it may serve a connection with these hooks; absent where it may serve any of its factory. */
  suits?(hooks: Pick<Hooks, 'onTextMessage'>): boolean
  /**
   * Serves another connection from now on, with the memory that it has kept. Called between two messages, after `release`. Absent where a
   * delivery belongs to one connection for good.
   */
  serve?(runner: HookRunner, hooks: Pick<Hooks, 'onMessage'>, memory: PayloadMemory | undefined): void
  /**
   * Ends the service of a connection, which is forgotten, and returns the memory that it keeps: none unless `keepsMemory`, or where it has kept it
   * before.
   */
  release?(keepsMemory: boolean): PayloadMemory | undefined
}

/** Collects each message, and calls `onMessage` once. */
export class MessageDelivery implements Delivery {
  readonly keeps: Kept = 'message'
  #runner: HookRunner | undefined
  #hooks: Pick<Hooks, 'onMessage'> | undefined
  readonly #clock: Clock
  readonly #allocate: Allocate
  /** Made for the first message that comes in pieces. */
  #gathered: GatheredOctets | undefined
  #isBinary = false
  #isLastFrame = false
  #memory: PayloadMemory
  /** The memory for connections that have kept none. */
  #ownMemory: PayloadMemory
  #whole: ReceivedOctets | undefined

  constructor(
    runner: HookRunner,
    hooks: Pick<Hooks, 'onMessage'>,
    memory: PayloadMemory,
    clock: Clock,
    allocate: Allocate = allocateZeroed,
  ) {
    this.#runner = runner
    this.#hooks = hooks
    this.#memory = this.#ownMemory = memory
    this.#clock = clock
    this.#allocate = allocate
  }

  suits({ onTextMessage }: Pick<Hooks, 'onTextMessage'>): boolean {
    return onTextMessage === undefined
  }

  serve(runner: HookRunner, hooks: Pick<Hooks, 'onMessage'>, memory: PayloadMemory | undefined): void {
    this.#runner = runner
    this.#hooks = hooks
    this.#memory = memory ?? this.#ownMemory
  }

  /** Payloads of different connections never share memory (decision 52): what is not kept is forgotten. */
  release(keepsMemory: boolean): PayloadMemory | undefined {
    this.#runner = undefined
    this.#hooks = undefined
    const memory = this.#memory
    if (memory !== this.#ownMemory) return memory
    if (keepsMemory) {
      this.#ownMemory = memory.another()
      return memory
    }
    memory.forget()
    return undefined
  }

  messageBegan(isBinary: boolean): void {
    this.#isBinary = isBinary
  }

  frameBegan(_length: number | bigint, _reserved: number, isFinal: boolean): void {
    this.#isLastFrame = isFinal
  }

  frameData(octets: Octets, start: number, end: number, missing: number): void {
    if (missing === 0 && this.#isLastFrame && this.#whole === undefined && (this.#gathered === undefined || this.#gathered.length === 0)) {
      this.#whole = this.#runner!.isHeld ? this.#memory.copyApart(octets, start, end) : this.#memory.copy(octets, start, end)
    } else {
      this.#gathered ??= new GatheredOctets(this.#allocate)
      this.#keepWhole(this.#gathered)
      this.#gathered.append(octets, start, end, missing)
    }
  }

  frameEnded(): void {}

  messageEnded(): void {
    if (this.#gathered?.isInPieces === true) return this.#piecesEnded(this.#gathered.takePieces(), this.#isBinary)
    const payload = this.#whole ?? this.#gathered?.take() ?? new Uint8Array(0)
    this.#whole = undefined
    this.#runner!.runMessage(this.#hooks!, payload, this.#isBinary)
  }

  chunkEnded(): void {
    this.#memory.chunkEnded()
  }

  /** Joins a large message in turns, and delivers it. The promise holds the hooks behind it, as a hook's own does. */
  #piecesEnded(pieces: readonly Octets[], isBinary: boolean): void {
    // read now: the delivery may serve another connection by the time that the message is joined
    const [runner, hooks] = [this.#runner!, this.#hooks!]
    runner.run(async () => {
      const payload = await joinedInTurns(pieces, this.#allocate, this.#clock)
      if (!runner.isStopped) await hooks.onMessage(payload, isBinary)
    })
  }

  /** Gathers what was taken for the whole message: a transform has emitted more after it. */
  #keepWhole(gathered: GatheredOctets): void {
    if (this.#whole === undefined) return
    gathered.append(this.#whole, 0, this.#whole.length, 0)
    this.#whole = undefined
  }
}

/** Calls the frame and streaming hooks as octets arrive (decision 20). */
export class HookDelivery implements Delivery {
  readonly #runner: HookRunner
  readonly #hooks: PieceHooks
  readonly #collector: MessageCollector
  readonly #memory: PayloadMemory
  readonly #usuallyKeeps: Kept
  readonly #lends: boolean
  #isFrameEmpty = true
  /** The number of messages that have begun and whose `onMessageBegin` still waits behind other hooks. */
  #unheard = 0

  /**
   * `keeps`: the part of a message that the hooks keep, where they do not tell it themselves. `lends`: whether the hooks copy what they keep
   * before they return, so that octets need not be copied for them.
   */
  constructor(
    runner: HookRunner,
    hooks: PieceHooks,
    collector: MessageCollector,
    memory: PayloadMemory,
    { keeps = 'nothing', lends = false }: { readonly keeps?: Kept; readonly lends?: boolean } = {},
  ) {
    this.#lends = lends
    this.#memory = memory
    this.#usuallyKeeps = keeps
    this.#runner = runner
    this.#hooks = hooks
    this.#collector = collector
  }

  get keeps(): Kept {
    return (this.#unheard > 0 ? this.#hooks.willKeep : this.#hooks.keeps) ?? this.#usuallyKeeps
  }

  messageBegan(isBinary: boolean): void {
    this.#unheard++
    this.#runner.run(() => {
      this.#unheard--
      this.#collector.messageBegan(isBinary)
      return this.#hooks.onMessageBegin(isBinary)
    })
  }

  frameBegan(length: number | bigint, reserved: number): void {
    this.#isFrameEmpty = true
    this.#runner.run(() => {
      this.#collector.frameBegan(Number(length), reserved)
      return this.#hooks.onMessageFrameBegin(length, reserved)
    })
  }

  frameData(octets: Octets, start: number, end: number): void {
    this.#isFrameEmpty = false
    const payload = this.#payloadOf(octets, start, end)
    this.#runner.run(() => {
      this.#collector.dataCame(payload.length)
      return this.#hooks.onMessageFrameData(payload)
    })
  }

  /** Ends a frame. One without octets calls `onMessageFrameData` once, as in AutobahnPython. */
  frameEnded(): void {
    if (this.#isFrameEmpty) this.#runner.run(() => this.#hooks.onMessageFrameData(new Uint8Array(0)))
    this.#runner.run(() => this.#hooks.onMessageFrameEnd())
  }

  messageEnded(): void {
    this.#runner.run(() => this.#hooks.onMessageEnd())
  }

  chunkEnded(): void {
    this.#memory.chunkEnded()
  }

  /** Returns the octets for a hook. When a hook that has to wait is called, the received octets are no longer there. */
  #payloadOf(octets: Octets, start: number, end: number): Octets {
    if (this.#lends && this.#runner.callsAtOnce) return octets.subarray(start, end)
    return this.#runner.isHeld ? this.#memory.copyApart(octets, start, end) : this.#memory.copy(octets, start, end)
  }
}

/** The hooks that are called as octets arrive. */
type PieceHooks = Omit<ReceivingHooks, 'onMessage' | 'onTextMessage'>
