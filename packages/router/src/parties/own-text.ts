/**
 * Returns an equal text with memory of its own. A text that was cut out of a message may keep the whole message in memory, for as long as a table
 * keeps the text.
 */
export function ownText(text: string): string {
  return JSON.parse(JSON.stringify(text))
}
