// Writes what a program of this folder has measured into one file of JSON, from which scripts/write-figures.mjs fills the documents.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { machine } from './machine.mjs'

/** The line of `--help` about the option. */
export const outUsage = '--out FILE        writes the result there too, as JSON'

/** Writes a result with the machine and the day; does nothing where `--out` names no file. */
export function writeResult(file, result) {
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ machine: machine(), ...result }, undefined, 1)}\n`)
}
