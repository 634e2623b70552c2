import { mkdirSync, writeFileSync } from 'node:fs'

/** Notes what a test has measured, for the record. Replaces what was noted under the same words. */
export function measured(what: string, value: string): void {
  noted.set(what, value)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`nats-measured-${process.pid}.json`, folder), JSON.stringify([...noted]))
}

/** Runs something and returns its seconds. */
export async function seconds(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await run()
  return (performance.now() - begin) / 1000
}

const noted = new Map<string, string>()
const folder = new URL('../../.reports/', import.meta.url)
