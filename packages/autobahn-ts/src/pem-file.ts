import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { errorSentence } from './error-sentence.ts'

/** Reads the certificate or the key that a flag names, and ends the program with one sentence where the file cannot be used. */
export function pemIn(command: Command, flag: 'cert' | 'key' | 'ca', file: string): Buffer {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (error) {
    return command.error(`error: --${flag} ${file} cannot be read: ${errorSentence(error)}`)
  }
  try {
    if (flag === 'key') createPrivateKey(content)
    else new X509Certificate(content)
    return content
  } catch {
    return command.error(`error: --${flag} ${file} is not ${flag === 'key' ? 'a private key' : 'a certificate'} in PEM`)
  }
}
