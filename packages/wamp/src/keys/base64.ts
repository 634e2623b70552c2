/** Base64 of RFC 4648 §4, with padding. */
export function base64(octets: Uint8Array): string {
  let binary = ''
  for (const octet of octets) binary += String.fromCharCode(octet)
  return btoa(binary)
}
