/**
 * Escapes a peer's text for a terminal or a log: control characters and those that change the direction of writing are escaped, so that a
 * peer can neither forge a line nor move the cursor. Text longer than `most` characters is cut.
 */
export function printable(text: string, most = 200): string {
  const characters = [...text]
  const shown = characters.slice(0, most).map(escaped).join('')
  return characters.length > most ? `${shown}…` : shown
}

function escaped(character: string): string {
  return unprintable.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character
}

/**
 * Control characters, formatting characters (direction marks among them), lone surrogates, line and paragraph separators, and the backslash
 * that escapes them.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\]/u
