/** Encodes octets as base64 with padding (RFC 4648 §4), by the platform's function. */
export function toCompactBase64(octets: Uint8Array): string {
  let characters = ''
  for (const octet of octets) characters += String.fromCharCode(octet)
  return btoa(characters)
}

/** Decodes base64 with padding, by the platform's function, which takes more than that; `undefined` for other texts. */
export function fromCompactBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
