import { InvalidArgumentError } from 'commander'

/** Collects the values of a repeatable flag. */
export function added(value: string, before: readonly string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('It must not be empty.')
  return [...before, value]
}
