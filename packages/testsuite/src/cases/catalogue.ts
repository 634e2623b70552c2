import { group1 } from './01-framing.ts'
import { group2 } from './02-pings-and-pongs.ts'
import { group3 } from './03-reserved-bits.ts'
import { group4 } from './04-opcodes.ts'
import { group5 } from './05-fragmentation.ts'
import { group6 } from './06-utf8.ts'
import { group7 } from './07-closing.ts'
import { group9 } from './09-limits-and-performance.ts'
import { group10 } from './10-automatic-fragmentation.ts'
import { group12 } from './12-compression-of-files.ts'
import { group13 } from './13-compression-parameters.ts'
import { group20 } from './20-opening.ts'
import { group21 } from './21-lengths-and-masks.ts'
import { group22 } from './22-control-floods.ts'
import { group23 } from './23-decompression.ts'
import { group24 } from './24-deflate-parameters.ts'
import { group25 } from './25-http-answers.ts'
import type { Case } from './case.ts'

/** A group of cases on one topic. */
export interface Group {
  /** The part of its cases' numbers before the first dot. */
  readonly number: number
  readonly title: string
  readonly cases: readonly Case[]
}

/**
 * All groups, in the order in which they are run and reported. Numbers 8 and 11 are not used, because the Autobahn Testsuite does not use
 * them.
 */
export const groups: readonly Group[] = [
  { number: 1, title: 'Framing', cases: group1 },
  { number: 2, title: 'Pings and pongs', cases: group2 },
  { number: 3, title: 'Reserved bits', cases: group3 },
  { number: 4, title: 'Opcodes', cases: group4 },
  { number: 5, title: 'Fragmentation', cases: group5 },
  { number: 6, title: 'UTF-8', cases: group6 },
  { number: 7, title: 'The closing handshake', cases: group7 },
  { number: 9, title: 'Limits and performance', cases: group9 },
  { number: 10, title: 'Automatic fragmentation', cases: group10 },
  { number: 12, title: 'Compression of different files', cases: group12 },
  { number: 13, title: 'Compression with different parameters', cases: group13 },
  // The cases of the Autobahn Testsuite end here. The groups after it have numbers that it does not use.
  { number: 20, title: 'The opening handshake', cases: group20 },
  { number: 21, title: 'Lengths and masks', cases: group21 },
  { number: 22, title: 'Floods of control frames', cases: group22 },
  { number: 23, title: 'Decompression', cases: group23 },
  { number: 24, title: 'Parameters of permessage-deflate', cases: group24 },
  { number: 25, title: 'Answers of HTTP', cases: group25 },
]

/** All cases, in order. */
export const catalogue: readonly Case[] = groups.flatMap(group => group.cases)
