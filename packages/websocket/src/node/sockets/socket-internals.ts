import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { getSystemErrorName } from 'node:util'
import { noOctets, type Octets } from '../../bytes/octets.ts'
import { fastPathsAreOn } from '../runtime/fast-paths.ts'

/**
 * Undocumented parts of Node's sockets. All use of them is in this file.
 *
 * Each part is checked for at the socket itself and not used where it is not as expected. The documented ways are used then (decision 25).
 */

/**
 * Makes a socket write everything that it receives from now on into one array, which many sockets may share: `received` is called with the
 * number of octets in it. It saves an array and a pass through the stream machinery per read: 11.6 to 10.2 µs of an echo of 125 octets.
 *
 * `net.connect` has the option `onread` for that; sockets that a server accepted do not. Returns `false` where the socket does not support
 * it.
 */
export function readInto(socket: Socket, buffer: Octets, received: (socket: Socket, length: number) => void): boolean {
  const { _handle: handle } = socket as SocketWithHandle
  if (!fastPathsAreOn || slots === undefined || typeof handle?.useUserBuffer !== 'function' || !isReadByLoop(handle)) return false
  const inner = socket as unknown as Record<symbol, unknown>
  if (inner[slots.buffer] !== null || inner[slots.callback] !== null) return false
  inner[slots.buffer] = buffer
  inner[slots.callback] = callbackFor(received)
  handle.useUserBuffer(buffer)
  return true
}

/**
 * Removes the listener for `end` that Node puts on each socket. It makes `write` fail once the peer has ended, unless `allowHalfOpen` is set, and
 * then it does nothing. With one more listener Node keeps a list of both, of 64 octets for each connection.
 */
export function removeOwnEndListener(socket: Socket): void {
  if (ownEndListener !== undefined && socket.allowHalfOpen) socket.off('end', ownEndListener)
}

/** Finds the listener that every socket has for `end`; `undefined` where that is not exactly one. */
function findOwnEndListener(): (() => void) | undefined {
  const [one, other] = [new Socket(), new Socket()].map(socket => socket.listeners('end'))
  return one!.length === 1 && one![0] === other![0] ? (one![0] as () => void) : undefined
}

/**
 * Has a socket that reads into an array read into another one after the present read. `next` returns that array, and is asked again after each later read; a
 * function that many sockets share costs nothing. Does nothing where the runtime does not ask.
 */
export function readNextInto(socket: Socket, next: () => Octets): void {
  if (slots?.next !== undefined) (socket as unknown as Record<symbol, unknown>)[slots.next] = next
}

/**
 * Tells whether the event loop reads the socket, one read after the other. TLS over a stream of another program is given its octets by a
 * call, which may come from within the handler of another socket that is still using the array: TLS through a WebSocket.
 */
function isReadByLoop(handle: SocketHandle): boolean {
  let lowest = handle
  while (lowest._parent) lowest = lowest._parent
  return typeof lowest.hasRef === 'function'
}

/** The callbacks for reads, one for all sockets with the same receiver; it is called on the socket. */
function callbackFor(received: (socket: Socket, length: number) => void): (this: Socket, length: number) => boolean {
  const known = callbacks.get(received)
  if (known !== undefined) return known
  const callback = function (this: Socket, length: number): boolean {
    received(this, length)
    return true
  }
  callbacks.set(received, callback)
  return callback
}

const callbacks = new WeakMap<object, (this: Socket, length: number) => boolean>()

/**
 * Finds the socket that a TLS socket was made of, among the given ones.
 *
 * Node's TLS server announces both, and nothing documented connects them. The property below names the lower one; Bun announces the TLS
 * socket itself both times. Where neither holds, the peer's address tells them apart, which Unix sockets do not have.
 */
export function socketBelow(socket: Socket, candidates: ReadonlyMap<Socket, unknown>): Socket | undefined {
  const { _parent: parent } = socket as Socket & { readonly _parent?: unknown }
  if (parent instanceof Socket && candidates.has(parent)) return parent
  if (candidates.has(socket)) return socket
  const { remoteAddress, remotePort } = socket
  if (remotePort === undefined) return undefined
  for (const candidate of candidates.keys()) {
    if (candidate.remotePort === remotePort && candidate.remoteAddress === remoteAddress) return candidate
  }
  return undefined
}

/**
 * Stops and starts the reading below a TLS socket of Deno, whose own pause stops its output and not its input: a paused server took 1 GiB
 * in 3 s from a client that kept sending. `undefined` in runtimes whose TLS pauses (decision 39).
 */
export const readBelowTls: ((socket: Duplex, isReading: boolean) => void) | undefined =
  process.versions.deno === undefined ? undefined : setReadingBelow

function setReadingBelow(socket: Duplex, isReading: boolean): void {
  const below = socket instanceof TLSSocket ? (socket as SocketWithHandle)._handle?._parent : undefined
  if (isReading) below?.readStart?.()
  else below?.readStop?.()
}

/**
 * Returns the address and port of the peer. Node's own `remoteAddress` keeps an object and a string for each socket, which an open connection
 * would hold beside ours. It is used all the same for sockets on which a program has put an address of its own.
 */
export function peerOf(socket: Socket): { readonly address?: string | undefined; readonly port?: number | undefined } {
  const { _handle: handle } = socket as SocketWithHandle
  const isPlain = Object.getPrototypeOf(socket) === Socket.prototype && !Object.hasOwn(socket, 'remoteAddress')
  if (!fastPathsAreOn || !isPlain || typeof handle?.getpeername !== 'function')
    return { address: socket.remoteAddress, port: socket.remotePort }
  const name: { address?: string; port?: number } = {}
  return handle.getpeername(name) === 0 ? name : {}
}

/** Tells whether octets can be written to the handle of a socket: plain TCP and pipes, in runtimes whose handles are known. */
export function writesDirectly(socket: Socket): boolean {
  const { _handle: handle } = socket as SocketWithHandle
  const isKnown =
    typeof handle?.writeBuffer === 'function' && typeof handle.writev === 'function' && typeof handle.writeQueueSize === 'number'
  return writesWith !== undefined && isKnown
}

/**
 * Writes octets to the system without the socket's stream: 10.2 to 9.3 µs of an echo of 125 octets. For sockets for which `writesDirectly` holds, and of
 * which nothing is pending. Returns the writer with what the system did not take; `undefined`, as mostly, where it took everything, so that a
 * socket at rest holds no writer.
 */
export function writeDirectly(socket: Socket, octets: Octets): DirectWriter | undefined {
  const { _handle: handle } = socket as SocketWithHandle
  return handle ? writerAfter(socket, handle.writeBuffer(spare, octets), octets) : undefined
}

/** Writes several pieces as `writeDirectly` writes one. */
export function writeAllDirectly(socket: Socket, pieces: readonly Octets[]): DirectWriter | undefined {
  const { _handle: handle } = socket as SocketWithHandle
  return handle ? writerAfter(socket, handle.writev(spare, pieces, true), pieces) : undefined
}

function writerAfter(socket: Socket, outcome: WriteRequest | number, kept: unknown): DirectWriter | undefined {
  if (isTaken(outcome)) return undefined
  const writer = new DirectWriter(socket as SocketWithHandle)
  writer.wrote(outcome, kept)
  return writer
}

/** Returns a writer that the caller keeps; `undefined` where `writesDirectly` does not hold. */
export function directWriter(socket: Socket): DirectWriter | undefined {
  return writesDirectly(socket) ? new DirectWriter(socket as SocketWithHandle) : undefined
}

/** The parts that this runtime supports, for reports and tests. */
export function socketFastPaths(): { readonly readInto: boolean; readonly directWriter: boolean } {
  return { readInto: slots !== undefined, directWriter: writesWith !== undefined }
}

/**
 * Writes to the handle below a socket. Octets that the system does not take at once stay with the handle, in order. Until they are sent the
 * socket's own stream must be used, whose writes queue up behind them.
 */
export class DirectWriter {
  readonly #socket: SocketWithHandle
  #isPending = false
  #whenTaken: (() => void)[] | undefined

  constructor(socket: SocketWithHandle) {
    this.#socket = socket
  }

  /** The number of octets that the system has not taken yet. It falls as the system takes them. */
  get pending(): number {
    if (!this.#isPending) return 0
    const { _handle: handle } = this.#socket
    return handle ? handle.writeQueueSize || 1 : 0
  }

  /** Calls back once, when no octets are pending any more. */
  whenTaken(callback: () => void): void {
    this.#whenTaken ??= []
    this.#whenTaken.push(callback)
  }

  write(octets: Octets): void {
    const { _handle: handle } = this.#socket
    if (handle) this.wrote(handle.writeBuffer(spare, octets), octets)
  }

  writeAll(pieces: readonly Octets[]): void {
    const { _handle: handle } = this.#socket
    if (handle) this.wrote(handle.writev(spare, pieces, true), pieces)
  }

  /** Takes the outcome of a write: waits for the rest of the octets, which `kept` keeps in memory, or destroys the socket. */
  wrote(outcome: WriteRequest | number, kept: unknown): void {
    if (isTaken(outcome)) return
    if (typeof outcome !== 'number') return this.#await(outcome, kept)
    if (outcome !== 0) return this.#failed(outcome)
    const request = spare!
    spare = writesWith!.newRequest()
    this.#await(request, kept)
  }

  /** Writes. `kept` must stay in memory until the handle is done with it. */
  #await(request: WriteRequest, kept: unknown): void {
    this.#isPending = true
    request.kept = kept
    request.oncomplete = result => {
      const taken = this.#whenTaken
      this.#isPending = false
      this.#whenTaken = undefined
      if (result < 0) this.#failed(result)
      if (taken !== undefined) for (const callback of taken) callback()
    }
    // Node 26: the write was completed before there was an `oncomplete` to call
    if (typeof request.writeStatus === 'number') request.oncomplete(request.writeStatus)
  }

  #failed(status: number): void {
    if (this.#socket.destroyed) return
    const code = getSystemErrorName(status)
    this.#socket.destroy(Object.assign(new Error(`write ${code}`), { errno: status, code, syscall: 'write' }))
  }
}

/**
 * The exact number of octets written to the socket that the system has not taken: the socket counts a write until all of it is done, and
 * one write may be a message of many MiB. `undefined` where the runtime does not tell.
 */
export function unsentOctetsOf(socket: Duplex): number | undefined {
  const { _handle: handle, _writableState: state } = socket as Partial<SocketWithHandle> & {
    readonly _writableState?: { writelen?: unknown }
  }
  if (typeof handle?.writeQueueSize !== 'number' || typeof state?.writelen !== 'number') return undefined
  let queued = 0
  // TLS queues encrypted octets in front of those of the socket below
  for (let below: SocketHandle | null | undefined = handle; below; below = below._parent) queued += below.writeQueueSize || 0
  return socket.writableLength - state.writelen + queued
}

/** Tells whether the application has called `unref` on the socket, so that it does not keep the process alive. */
export function isUnreferenced(socket: Socket): boolean {
  return (socket as SocketWithHandle)._handle?.hasRef?.() === false
}

interface SocketHandle {
  readonly writeQueueSize: number
  /** The handle below TLS. */
  readonly _parent?: SocketHandle | null
  readStart?(): void
  readStop?(): void
  /** Present on handles that belong to the event loop. */
  hasRef?(): boolean
  /** Writes the address of the peer into the object. Returns 0, or the number of an error. */
  getpeername?(name: { address?: string; port?: number }): number
  useUserBuffer(buffer: Octets): void
  writeBuffer(request: WriteRequest | null, octets: Octets): WriteRequest | number
  writev(request: WriteRequest | null, pieces: readonly Octets[], areAllBuffers: true): WriteRequest | number
}

type SocketWithHandle = Socket & { readonly _handle?: SocketHandle | null }

/** A request for a write. The handle keeps it while the write is in progress, with the octets that it needs. */
interface WriteRequest {
  getAsyncId(): number
  kept?: unknown
  oncomplete?: ((status: number) => void) | null
  /** Node 26: the result of a write that was completed at once; `null` for one in progress. */
  readonly writeStatus?: number | null
}

/** Makes requests for writes. `newRequest` returns `null` where the handle makes its own. */
interface WritesWith {
  newRequest(): WriteRequest | null
}

/**
 * Tells whether the system has taken everything of a write, so that its request, if there was one, can serve the next write.
 *
 * The queue of the handle does not show that: octets that the system did not take at the first try it may take at the second, and then the queue
 * is empty, but the request still waits to be completed. Using it again would abort the process.
 */
function isTaken(outcome: WriteRequest | number): boolean {
  return outcome === 0 && (spare === null || isUnused(spare))
}

/** Tells whether a request was not used: the handle gives it a number of its asynchronous work when it takes it. */
function isUnused(request: WriteRequest): boolean {
  return request.getAsyncId() < 0
}

interface Slots {
  readonly buffer: symbol
  readonly callback: symbol
  /** The property with the function that is asked for the array of the next read. */
  readonly next: symbol | undefined
}

/** Finds the properties in which a socket keeps the members of the option `onread`. */
function findSlots(): Slots | undefined {
  const callback = (): boolean => true
  const probe = new Socket({ onread: { buffer: noOctets, callback } } as object) as unknown as Record<symbol, unknown>
  const symbols = Object.getOwnPropertySymbols(probe)
  const buffer = symbols.find(symbol => probe[symbol] === noOctets)
  const callbackSlot = symbols.find(symbol => probe[symbol] === callback)
  if (buffer === undefined || callbackSlot === undefined) return undefined
  const make = (): Octets => noOctets
  const asking = new Socket({ onread: { buffer: make, callback } } as object) as unknown as Record<symbol, unknown>
  const next = Object.getOwnPropertySymbols(asking).find(symbol => asking[symbol] === make)
  return { buffer, callback: callbackSlot, next: probe[next!] === null ? next : undefined }
}

/**
 * Finds out how a write to a handle is begun, by a socket whose handle only records its arguments.
 *
 * Up to Node 24 the caller makes a request and passes it, also where the system takes everything at once. Node 26 passes `null`: the handle
 * makes a request where it needs one, and returns it. `undefined`: another runtime, or a Node that does it in a third way.
 */
function findWritesWith(): WritesWith | undefined {
  const seen: unknown[] = []
  const see = (request: unknown): number => {
    seen.push(request)
    return 0
  }
  const nothing = (): void => {}
  const handle = { writeBuffer: see, writeUtf8String: see, writeLatin1String: see, readStart: nothing, readStop: nothing, close: nothing }
  try {
    const probe = new Socket({ handle, readable: false, writable: true } as object)
    probe.on('error', nothing)
    probe.write(new Uint8Array(1))
    probe.destroy()
    if (seen.length !== 1) return undefined
    if (seen[0] === null) return { newRequest: () => null }
    const WriteRequest = (seen[0] as object).constructor as new () => WriteRequest
    return isUnused(new WriteRequest()) ? { newRequest: () => new WriteRequest() } : undefined
  } catch {
    // another runtime, whose sockets are made differently; the method `getAsyncId` of Deno's requests throws
    return undefined
  }
}

const slots: Slots | undefined = fastPathsAreOn ? findSlots() : undefined
const ownEndListener: (() => void) | undefined = fastPathsAreOn ? findOwnEndListener() : undefined
const writesWith: WritesWith | undefined = fastPathsAreOn ? findWritesWith() : undefined
let spare: WriteRequest | null = writesWith?.newRequest() ?? null
