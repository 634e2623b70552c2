/** Serializes a message as JSON, the format of every factory that does not override `serialize`. */
export function toJson(message: readonly unknown[]): string {
  return JSON.stringify(message)
}

/** Parses JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text)
}
