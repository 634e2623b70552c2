/** Tells whether a text is a token, RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isTokenCode(text.charCodeAt(i))) return false
  return text !== ''
}

/** Tells whether a token may contain the character. */
export function isTokenCode(code: number): boolean {
  return code < 128 && tokenCodes[code] === 1
}

/** Tells whether a text can be a field's value, RFC 9110 §5.5: tabs, spaces, printable ASCII and Latin-1, without line breaks. */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false
  }
  return true
}

/** Tells whether all characters are visible ASCII, as in a request's target or a URL. */
export function isVisibleAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x21 || code > 0x7e) return false
  }
  return true
}

/** Returns the text from `from` to `to` without spaces and tabs at its ends, RFC 9110 §5.6.3. */
export function trimmed(text: string, from = 0, to: number = text.length): string {
  let start = from
  let end = to
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Returns the elements of a comma-separated list without empty ones, RFC 9110 §5.6.1.2. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map(element => trimmed(element))
    .filter(element => element !== '')
}

/** Tells whether a comma-separated list contains the name, in any case. `name` is in lower case. */
export function listContains(value: string | undefined, name: string): boolean {
  if (value === undefined) return false
  // most lists have one element
  return value.toLowerCase() === name || listOf(value).some(element => element.toLowerCase() === name)
}

/** Tells whether a text has only decimal digits, and at least one. */
export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return text !== ''
}

/** Tells whether a character is optional whitespace of HTTP: space or tab. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

const tokenCodes = tableOf("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

/** Returns a table of ASCII with 1 for each of the characters. */
function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
