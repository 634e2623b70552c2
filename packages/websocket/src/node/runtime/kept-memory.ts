import { fastPathsAreOn } from './fast-paths.ts'

/**
 * Counts the memory that payloads take, and has the C library keep freed memory for the next ones once it was enough.
 *
 * glibc gives memory back to the system while it is still needed: a block of 128 KiB or more as soon as it is freed, and what is free at the end of
 * the heap above the same size. The next payloads have it again from the system, page by page. Whether the end of the heap is free depends
 * on what else happens to lie there, so that one process paid for it and the next did not: 5.7 or 15 µs for an echo of 16 KiB.
 *
 * glibc learns: when a block of up to 32 MiB is freed, it keeps blocks of that size from then on, and up to twice as much of what is free at the
 * end (mallopt(3), M_MMAP_THRESHOLD). This is a block that is never touched, so it weighs nothing, and is freed by the next collection.
 * Other C libraries learn nothing from it.
 */
export function payloadAllocated(octets: number): void {
  allocated += octets
  if (allocated < enough || hasLearnt) return
  hasLearnt = true
  if (fastPathsAreOn) void new ArrayBuffer(largestLearnt)
}

let allocated = 0
let hasLearnt = false

/** Octets after which a process counts as one that has payloads to keep memory for. */
const enough = 4 * 1024 * 1024

/** 32 MiB with what malloc adds to a block. */
const largestLearnt = 32 * 1024 * 1024 - 64 * 1024
