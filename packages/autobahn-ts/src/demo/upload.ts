import { createHash, type Hash } from 'node:crypto'
import { CloseCode, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/**
 * The server for the path `/upload`: computes the SHA-256 of a file while it arrives. A browser cannot send one message in pieces, so a
 * file comes as `{"type":"start","size":…}`, followed by its octets in any number of binary messages. A message may have any length, hence
 * no limit on the size: nothing of it stays in memory.
 */
export function uploadFactory(): WebSocketServerFactory {
  return new WebSocketServerFactory(undefined, {
    protocol: UploadProtocol,
    maxConnections: 100,
    maxMessagePayloadSize: 0,
    maxFramePayloadSize: 0,
    maxMessageFrames: 0,
  })
}

/** Uses the streaming tier: octets go into the hash as TCP delivers them. Text messages are short, and the default hooks collect them. */
class UploadProtocol extends WebSocketServerProtocol {
  #upload: Upload | undefined
  #isBinary = false
  #textLength = 0

  override onMessageBegin(isBinary: boolean): void {
    this.#isBinary = isBinary
    this.#textLength = 0
    if (isBinary && this.#upload === undefined) this.failConnection(CloseCode.PolicyViolation, 'octets came before the start message')
  }

  override onMessageFrameBegin(length: number | bigint): void {
    if (this.#isBinary) return
    this.#textLength += Number(length)
    if (this.#textLength > longestText) this.failConnection(CloseCode.MessageTooBig, `a text message is longer than ${longestText} octets`)
  }

  override onMessageFrameData(payload: Uint8Array): void {
    if (!this.#isBinary) return void super.onMessageFrameData(payload)
    // Octets after the announced size, while the connection closes, are ignored.
    if (!this.isOpen) return
    const upload = this.#upload!
    if (!upload.add(payload)) return this.failConnection(CloseCode.PolicyViolation, `more octets came than the announced ${upload.size}`)
    if (upload.isComplete) this.#finish(upload)
    else if (upload.isProgressDue() && this.isWritable) this.#tell({ type: 'progress', received: upload.received })
  }

  override onMessage(payload: Uint8Array): void {
    const size = sizeIn(decoder.decode(payload))
    if (size === undefined) return this.failConnection(CloseCode.PolicyViolation, 'this is not a start message with a size')
    if (this.#upload !== undefined) return this.failConnection(CloseCode.PolicyViolation, 'a connection accepts one file')
    this.#upload = new Upload(size)
    this.#tell({ type: 'progress', received: 0 })
    if (size === 0) this.#finish(this.#upload)
  }

  #finish(upload: Upload): void {
    this.#tell({ type: 'digest', algorithm: 'SHA-256', hex: upload.digest(), received: upload.received, milliseconds: upload.milliseconds })
    this.sendClose(CloseCode.Normal, 'done')
  }

  #tell(event: object): void {
    this.sendMessage(JSON.stringify(event))
  }
}

class Upload {
  readonly size: number
  readonly #hash: Hash = createHash('sha256')
  readonly #startedAt = performance.now()
  #received = 0
  #toldAt = 0

  constructor(size: number) {
    this.size = size
  }

  get received(): number {
    return this.#received
  }

  get isComplete(): boolean {
    return this.#received === this.size
  }

  get milliseconds(): number {
    return performance.now() - this.#startedAt
  }

  /** Adds octets to the hash. Returns false if there are more than announced. */
  add(octets: Uint8Array): boolean {
    if (this.#received + octets.length > this.size) return false
    this.#received += octets.length
    this.#hash.update(octets)
    return true
  }

  /** Whether it is time to report progress; limits the reports, however fast octets come. */
  isProgressDue(): boolean {
    const now = performance.now()
    if (now - this.#toldAt < progressInterval) return false
    this.#toldAt = now
    return true
  }

  digest(): string {
    return this.#hash.digest('hex')
  }
}

function sizeIn(json: string): number | undefined {
  try {
    const { type, size } = JSON.parse(json) as { type?: unknown; size?: unknown }
    return type === 'start' && Number.isSafeInteger(size) && (size as number) >= 0 ? (size as number) : undefined
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder()
const longestText = 256

/** In milliseconds. */
const progressInterval = 50
