import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { errorSentence } from '../error-sentence.ts'
import { printable } from '../printable.ts'

/** The folder and the file to which a run writes its reports. */
export interface ReportTargets {
  readonly outdir: string | undefined
  readonly junit: string | undefined
}

/** Makes the folders of the reports. Ends the program with one sentence, before the run, where they cannot be written. */
export function checkTargets(command: Command, { outdir, junit }: ReportTargets): void {
  if (outdir !== undefined) checkFolder(command, `--outdir ${outdir}`, outdir)
  if (junit === undefined) return
  if (statSync(junit, { throwIfNoEntry: false })?.isDirectory() === true)
    command.error(`error: --junit ${printable(junit)} is a folder, not a file`)
  checkFolder(command, `the folder of --junit ${junit}`, dirname(junit))
}

function checkFolder(command: Command, name: string, folder: string): void {
  try {
    if (isFile(folder)) return command.error(`error: ${printable(name)} is a file, not a folder`)
    makeFolder(resolve(folder))
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const verb = isFile(folder) || !exists(folder) ? 'made' : 'written to'
    command.error(`error: ${printable(name)} cannot be ${verb}: ${errorSentence(error)}`)
  }
}

/**
 * Makes a folder and those above it that are missing. `mkdirSync` with `recursive` never returns below a folder in which nothing can be made but
 * which answers "not found", as `/proc` does: it makes the parent, is told that it exists, and begins again.
 */
function makeFolder(folder: string): void {
  if (exists(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}

function isFile(path: string): boolean {
  return exists(path) && !statSync(path).isDirectory()
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
