import { rootCertificates } from 'node:tls'
import type { Command } from 'commander'
import { pemIn } from './pem-file.ts'

/** The values of the flags that say which certificates of a server are right. */
export interface TlsValues {
  readonly ca?: string
  readonly insecure?: boolean
}

/** Adds the flags that say which certificates of a server are right. */
export function withTlsFlags(command: Command): Command {
  return command
    .option('--ca <file>', 'Certificate (PEM) to trust, beside those that Node.js knows.')
    .option('--insecure', 'Takes every certificate of the server. For tests only.')
}

/** Adds to a sentence about a certificate that no authority has signed how to trust it. */
export function withTrustHint(sentence: string): string {
  return /self[- ]signed certificate|unable to (get|verify)/.test(sentence) ? `${sentence}; --ca <file> trusts a certificate` : sentence
}

/** Returns the options of TLS that the flags ask for. Ends the program with one sentence where the file cannot be used. */
export function tlsFrom(
  command: Command,
  { ca, insecure }: TlsValues,
): { ca?: (string | Buffer)[]; rejectUnauthorized?: false } | undefined {
  if (ca === undefined && insecure !== true) return undefined
  return {
    // the option ca of TLS replaces what Node trusts
    ...(ca !== undefined && { ca: [...rootCertificates, pemIn(command, 'ca', ca)] }),
    ...(insecure === true && { rejectUnauthorized: false }),
  }
}
