/** The heads of an opening handshake, as they passed; what is long is cut. */
export interface OpeningRecord {
  readonly request: string
  readonly response: string
}
