/** Encodes octets as base64 with padding (RFC 4648 §4), by the platform's function. */
export function base64(octets: Uint8Array): string {
  let characters = ''
  for (const octet of octets) characters += String.fromCharCode(octet)
  return btoa(characters)
}

/** Decodes base64 with padding; `undefined` for any other text. The platform's function takes more, such as white space. */
export function octetsOfBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
