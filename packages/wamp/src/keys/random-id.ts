/** Makes an id of sixteen characters with 96 random bits, which a peer cannot guess. */
export function randomId(): string {
  let id = ''
  for (const octet of crypto.getRandomValues(new Uint8Array(16))) id += alphabet[octet & 63]
  return id
}

/** Makes a random number from 0 up to, but not including, 1. */
export function randomFraction(): number {
  const [a = 0, b = 0, c = 0, d = 0] = crypto.getRandomValues(new Uint8Array(4))
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
