import { InvalidArgumentError } from 'commander'

/** Reads the value of `--port`. */
export function portFrom(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a whole number from 0 to 65535; 0 picks a free one.')
  return port
}
