import { type Bus, CloseCode, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { ChatRefusal, type ChatRequest, readChatRequest, readLineElsewhere } from './chat-request.ts'
import { type ChatLine, ChatRoom, type Guest } from './chat-room.ts'
import { TokenBucket } from './token-bucket.ts'

/** The server for the path `/chat`: one room for all pages. */
export class ChatFactory extends WebSocketServerFactory {
  readonly #room = new ChatRoom()
  #bus: Bus | undefined

  constructor() {
    super(undefined, { maxMessagePayloadSize: 4096, maxConnections: 500 })
  }

  /** Shares the lines of the chat with other servers: what is said here and there is heard at both. Guests are counted here only. */
  async share(bus: Bus): Promise<void> {
    await bus.subscribe(linesSubject, octets => {
      const { name, text } = readLineElsewhere(new TextDecoder().decode(octets))
      this.#tellAll({ type: 'said', line: this.#room.hear(name, text) })
    })
    this.#bus = bus
  }

  override buildProtocol(): ChatProtocol {
    return new ChatProtocol(
      this.#room,
      event => this.#tellAll(event),
      line => this.#said(line),
    )
  }

  #said(line: ChatLine): void {
    this.#tellAll({ type: 'said', line })
    const { name, text } = line
    // The guests here have heard it. Where the bus is away, those elsewhere do not.
    this.#bus?.publish(linesSubject, new TextEncoder().encode(JSON.stringify({ name, text }))).catch(() => undefined)
  }

  /** Sends an event to all visitors, serialized once. A visitor who reads too slowly misses events, so that memory stays small. */
  #tellAll(event: object): void {
    this.broadcast(this.prepareMessage(JSON.stringify(event)), { slow: 'skip' })
  }
}

class ChatProtocol extends WebSocketServerProtocol {
  readonly #room: ChatRoom
  readonly #tellAll: (event: object) => void
  readonly #said: (line: ChatLine) => void
  readonly #rate = new TokenBucket(6, 1)
  #guest: Guest | undefined
  #refusals = 0

  constructor(room: ChatRoom, tellAll: (event: object) => void, said: (line: ChatLine) => void) {
    super()
    this.#room = room
    this.#tellAll = tellAll
    this.#said = said
  }

  override onOpen(): void {
    this.#guest = this.#room.enter()
    this.#welcome(this.#guest)
    this.#tellAll({ type: 'present', count: this.#room.present })
  }

  override onMessage(): void {
    this.failConnection(CloseCode.UnsupportedData, 'the chat accepts text messages only')
  }

  override onTextMessage(text: string): void {
    try {
      if (!this.#rate.take()) throw new ChatRefusal('That was too fast. Wait a second, then send it again.')
      this.#answer(readChatRequest(text), this.#guest!)
      this.#refusals = 0
    } catch (error) {
      if (!(error instanceof ChatRefusal)) throw error
      this.#refuse(error.message)
    }
  }

  override onClose(): void {
    if (this.#guest === undefined) return
    this.#room.leave(this.#guest)
    this.#tellAll({ type: 'present', count: this.#room.present })
  }

  #answer(request: ChatRequest, guest: Guest): void {
    if (request.type === 'say') return this.#said(this.#room.say(guest, request.text))
    guest.name = request.name
    this.sendMessage(JSON.stringify({ type: 'named', name: guest.name }))
  }

  #welcome({ number, name }: Guest): void {
    const { history, present } = this.#room
    this.sendMessage(JSON.stringify({ type: 'welcome', you: number, name, present, history }))
  }

  #refuse(reason: string): void {
    if (++this.#refusals > mostRefusals) this.failConnection(CloseCode.PolicyViolation, 'too many messages that cannot be accepted')
    else this.sendMessage(JSON.stringify({ type: 'refused', reason }))
  }
}

/** The number of refusals in a row that a person who types does not reach. */
const mostRefusals = 30

/** The subject of the bus for lines of the chat. */
const linesSubject = 'chat.lines'
