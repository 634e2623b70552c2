import { fits, hasWildcard } from '@autobahn-ts/websocket/portable'
import { decodedSubject, encodedPattern, encodedSubject } from './subject-tokens.ts'

/** The subject under which NATS gets a message. */
export interface NatsSubject {
  readonly name: string
  /** The subject of the bus, encoded, which travels in the message because the name is only its hash. */
  readonly inside: string | undefined
}

/**
 * The names on NATS for subjects and patterns of a bus, all below one prefix: `<prefix>.m.` and the encoded subject, or `<prefix>.h.` and the
 * hash of one that is longer than 2,048 letters. A NATS server ends the connection for a line above 4,096.
 * Announcements of participants have the name `<prefix>.a`.
 */
export class NatsSubjects {
  readonly #messages: string
  readonly #hashes: string
  /** The name of announcements. */
  readonly announcements: string
  readonly #hash: (text: string) => string

  /** `hash` returns letters that a token may have. */
  constructor(prefix: string, hash: (text: string) => string) {
    this.#messages = `${prefix}.m.`
    this.#hashes = `${prefix}.h.`
    this.announcements = `${prefix}.a`
    this.#hash = hash
  }

  of(subject: string): NatsSubject {
    const encoded = encodedSubject(subject)
    if (encoded.length <= longestEncoded) return { name: this.#messages + encoded, inside: undefined }
    return { name: this.#hashes + this.#hash(encoded), inside: encoded }
  }

  /**
   * The subscriptions of NATS for a pattern. No two of them get the same message. Those of patterns with wildcards may get messages that do
   * not fit: ask `fits` of this object.
   */
  forPattern(pattern: string): readonly string[] {
    if (!hasWildcard(pattern)) return [this.of(pattern).name]
    const encoded = encodedPattern(pattern)
    return [this.#messages + (encoded.length <= longestEncoded ? encoded : '>'), `${this.#hashes}>`]
  }

  /** Tells whether a message of a subject is one of a pattern's. */
  fits(subject: string, pattern: string): boolean {
    return fits(subject, pattern)
  }

  /** Returns the subject of a message from its name on NATS and what it has inside; `undefined` where that is not a subject. */
  subjectIn({ name, inside }: NatsSubject): string | undefined {
    if (name.startsWith(this.#messages)) return decodedSubject(name.slice(this.#messages.length))
    if (inside === undefined || name !== this.#hashes + this.#hash(inside)) return undefined
    return decodedSubject(inside)
  }
}

const longestEncoded = 2048
