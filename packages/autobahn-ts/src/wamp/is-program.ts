import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Tells whether a program can be run: a path to a file that may be executed, or the name of one in a folder of `PATH`. On Windows, which adds
 * endings to names, every name counts.
 */
export function isProgram(name: string, { PATH = '' }: NodeJS.ProcessEnv = process.env, platform: string = process.platform): boolean {
  if (platform === 'win32') return true
  const files = name.includes('/') ? [name] : PATH.split(delimiter).map(folder => join(folder, name))
  return files.some(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
