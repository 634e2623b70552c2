// Writes the result of a program of this folder into a JSON file, from which scripts/write-figures.mjs fills the documents.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { machine } from './machine.mjs'

/** The line about the option in `--help`. */
export const outUsage = '--out FILE        also writes the result to a file, as JSON'

/** Writes a result with the machine and the date; does nothing if `--out` is not used. */
export function writeResult(file, result) {
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ machine: machine(), ...result }, undefined, 1)}\n`)
}
