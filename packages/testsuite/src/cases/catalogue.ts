import type { Case } from './case.ts'
import { group1 } from './group-1.ts'
import { group2 } from './group-2.ts'
import { group3 } from './group-3.ts'
import { group4 } from './group-4.ts'
import { group5 } from './group-5.ts'
import { group6 } from './group-6.ts'
import { group7 } from './group-7.ts'
import { group9 } from './group-9.ts'
import { group10 } from './group-10.ts'
import { group12 } from './group-12.ts'
import { group13 } from './group-13.ts'
import { group20 } from './group-20.ts'
import { group21 } from './group-21.ts'
import { group22 } from './group-22.ts'
import { group23 } from './group-23.ts'
import { group24 } from './group-24.ts'
import { group25 } from './group-25.ts'

/** A family of cases. */
export interface Group {
  /** The number before the first dot of its cases. */
  readonly number: number
  readonly title: string
  readonly cases: readonly Case[]
}

/** All groups, in the order in which they are run and reported. Numbers 8 and 11 are not used, so that the others are those of all reports. */
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
  // The field's catalogue ends here. The numbers behind it begin where no other report has one.
  { number: 20, title: 'The opening handshake', cases: group20 },
  { number: 21, title: 'Lengths and masks', cases: group21 },
  { number: 22, title: 'Floods of control frames', cases: group22 },
  { number: 23, title: 'Decompression', cases: group23 },
  { number: 24, title: 'Parameters of permessage-deflate', cases: group24 },
  { number: 25, title: 'Answers of HTTP', cases: group25 },
]

/** All cases, in their order. */
export const catalogue: readonly Case[] = groups.flatMap(group => group.cases)
