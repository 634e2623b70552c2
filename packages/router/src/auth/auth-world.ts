/** The sources of randomness and time for methods of authentication. */
export interface AuthWorld {
  /** Returns octets that nobody can guess. */
  randomOctets(length: number): Uint8Array
  /** Returns a text that nobody can guess, of 16 letters of base64url. */
  randomText(): string
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Returns the time of day as ISO 8601 in UTC. */
  timestamp(): string
}
