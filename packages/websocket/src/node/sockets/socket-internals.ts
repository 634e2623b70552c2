import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { getSystemErrorName } from 'node:util'
import { noOctets, type Octets } from '../../bytes/octets.ts'
import { fastPathsAreOn } from '../runtime/fast-paths.ts'

/**
 * What Node's sockets can do and its documentation does not say: everything of that kind stands in this file.
 *
 * Each part is looked for at the socket itself and left alone where it is not as expected. Then the documented ways are taken.
 */

/**
 * Has everything that the socket receives from now on written into one array, which many sockets may share: `received` is called with the
 * number of octets in it. It saves an array and a trip through the stream machinery per read: 11.6 to 10.2 µs of an echo of 125 octets.
 *
 * `net.connect` has the option `onread` for that; sockets that a server accepted do not. False: the socket has no such thing.
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
 * Whether what the socket receives comes from the event loop, one read after the other. TLS over a stream of somebody's own is given its
 * octets by a call, and that may come from within the handler of another socket, which is not done with the array: TLS through a WebSocket.
 */
function isReadByLoop(handle: SocketHandle): boolean {
  let lowest = handle
  while (lowest._parent) lowest = lowest._parent
  return typeof lowest.hasRef === 'function'
}

/** One for all sockets with the same receiver: it is called on the socket. */
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
 * Finds the socket that a TLS socket was made of, among those given.
 *
 * Node's TLS server announces both, and documents nothing that connects them. The property below names the lower one; Bun announces the TLS
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
 * Stops and starts the reading below a TLS socket of Deno, whose own pause stops what it hands out and not what it takes in: a paused
 * server took 1 GiB in 3 s from a client that went on sending. `undefined` on runtimes whose TLS pauses.
 */
export const readBelowTls: ((socket: Duplex, isReading: boolean) => void) | undefined =
  process.versions.deno === undefined ? undefined : setReadingBelow

function setReadingBelow(socket: Duplex, isReading: boolean): void {
  const below = socket instanceof TLSSocket ? (socket as SocketWithHandle)._handle?._parent : undefined
  if (isReading) below?.readStart?.()
  else below?.readStop?.()
}

/** A way to hand octets to the system past the socket's stream machinery: 10.2 to 9.3 µs of an echo of 125 octets. For plain TCP and pipes. */
export function directWriter(socket: Socket): DirectWriter | undefined {
  const { _handle: handle } = socket as SocketWithHandle
  const isKnown =
    typeof handle?.writeBuffer === 'function' && typeof handle.writev === 'function' && typeof handle.writeQueueSize === 'number'
  return writesWith !== undefined && isKnown ? new DirectWriter(socket as SocketWithHandle) : undefined
}

/** Which of these ways this runtime has: for reports and tests. */
export function socketFastPaths(): { readonly readInto: boolean; readonly directWriter: boolean } {
  return { readInto: slots !== undefined, directWriter: writesWith !== undefined }
}

/**
 * Writes to the handle below a socket. What the system does not take at once stays with the handle, in order: until it is gone
 * the socket's own way is to be taken, whose writes queue up behind it.
 */
export class DirectWriter {
  readonly #socket: SocketWithHandle
  #isPending = false
  #whenTaken: (() => void)[] | undefined

  constructor(socket: SocketWithHandle) {
    this.#socket = socket
  }

  /** Octets that the system has not taken yet. Goes down while it takes them. */
  get pending(): number {
    if (!this.#isPending) return 0
    const { _handle: handle } = this.#socket
    return handle ? handle.writeQueueSize || 1 : 0
  }

  /** Calls once, when what is pending is not any more. */
  whenTaken(callback: () => void): void {
    this.#whenTaken ??= []
    this.#whenTaken.push(callback)
  }

  write(octets: Octets): void {
    const { _handle: handle } = this.#socket
    if (handle) this.#wrote(handle.writeBuffer(spare, octets), octets)
  }

  writeAll(pieces: readonly Octets[]): void {
    const { _handle: handle } = this.#socket
    if (handle) this.#wrote(handle.writev(spare, pieces, true), pieces)
  }

  /**
   * A request of ours that was not needed serves the next write. The queue does not tell: what the system did not take at the first try it may
   * take at the second, and then the queue is empty, and the request still waits to be completed. To use it again would abort the process.
   */
  #wrote(outcome: WriteRequest | number, kept: unknown): void {
    if (typeof outcome !== 'number') return this.#await(outcome, kept)
    if (outcome !== 0) return this.#failed(outcome)
    if (spare === null || isUnused(spare)) return
    const request = spare
    spare = writesWith!.newRequest()
    this.#await(request, kept)
  }

  /** `kept` has to stay in memory until the handle is done with it. */
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
 * Octets written to the socket that the system has not taken, to the octet: the socket counts a write until all of it is done, and one write may
 * be a message of many MiB. `undefined` where the runtime does not tell.
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

/** Whether the application has called `unref` on the socket, so that it does not keep the process alive. */
export function isUnreferenced(socket: Socket): boolean {
  return (socket as SocketWithHandle)._handle?.hasRef?.() === false
}

interface SocketHandle {
  readonly writeQueueSize: number
  /** Below TLS. */
  readonly _parent?: SocketHandle | null
  readStart?(): void
  readStop?(): void
  /** Of handles that belong to the event loop. */
  hasRef?(): boolean
  useUserBuffer(buffer: Octets): void
  writeBuffer(request: WriteRequest | null, octets: Octets): WriteRequest | number
  writev(request: WriteRequest | null, pieces: readonly Octets[], areAllBuffers: true): WriteRequest | number
}

type SocketWithHandle = Socket & { readonly _handle?: SocketHandle | null }

/** Kept by the handle while a write is under way, with the octets that it needs. */
interface WriteRequest {
  getAsyncId(): number
  kept?: unknown
  oncomplete?: ((status: number) => void) | null
  /** Node 26: how a write ended that was completed at once; `null` for one that is under way. */
  readonly writeStatus?: number | null
}

/** How requests for writing are made: `newRequest` gives `null` where the handle makes its own. */
interface WritesWith {
  newRequest(): WriteRequest | null
}

/** Whether the handle has not taken it: the number of its asynchronous work comes with that. */
function isUnused(request: WriteRequest): boolean {
  return request.getAsyncId() < 0
}

interface Slots {
  readonly buffer: symbol
  readonly callback: symbol
}

/** Where a socket keeps what the option `onread` gave it. */
function findSlots(): Slots | undefined {
  const callback = (): boolean => true
  const probe = new Socket({ onread: { buffer: noOctets, callback } } as object) as unknown as Record<symbol, unknown>
  const symbols = Object.getOwnPropertySymbols(probe)
  const buffer = symbols.find(symbol => probe[symbol] === noOctets)
  const callbackSlot = symbols.find(symbol => probe[symbol] === callback)
  return buffer === undefined || callbackSlot === undefined ? undefined : { buffer, callback: callbackSlot }
}

/**
 * Learns how a write to a handle is begun, from what a socket hands to a handle that only looks.
 *
 * Up to Node 24 the caller makes a request and hands it over, also where the system takes everything at once. Node 26 hands over `null`: the
 * handle makes a request where it needs one, and returns it. `undefined`: another runtime, or a Node that does it in a third way.
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
    // another runtime, which makes its sockets of something else; Deno's requests have the method `getAsyncId`, and it throws
    return undefined
  }
}

const slots: Slots | undefined = fastPathsAreOn ? findSlots() : undefined
const writesWith: WritesWith | undefined = fastPathsAreOn ? findWritesWith() : undefined
let spare: WriteRequest | null = writesWith?.newRequest() ?? null
