import { fastPathsAreOn } from './fast-paths.ts'

/**
 * Counts the memory of payloads, and makes the C library keep freed memory for later payloads once there was enough of it.
 *
 * glibc returns memory to the system while it is still needed: a block of 128 KiB or more as soon as it is freed, and free memory above the
 * same size at the end of the heap. The next payloads get it from the system again, page by page. Whether the end of the heap is free
 * depends on other allocations, so that one process paid for it and the next did not: 5.7 or 15 µs for an echo of 16 KiB.
 *
 * glibc adapts: when a block of up to 32 MiB is freed, it keeps blocks of that size from then on, and up to twice as much free memory at
 * the end (mallopt(3), M_MMAP_THRESHOLD). This allocates such a block, which is never touched, so that it takes no memory, and which the
 * next collection frees. It has no effect on other C libraries (decision 53).
 */
export function payloadAllocated(octets: number): void {
  allocated += octets
  if (allocated < enough || hasLearnt) return
  hasLearnt = true
  if (fastPathsAreOn) void new ArrayBuffer(largestLearnt)
}

let allocated = 0
let hasLearnt = false

/** The number of octets of payloads after which the memory is worth keeping. */
const enough = 4 * 1024 * 1024

/** The size of a block of 32 MiB with the overhead of malloc. */
const largestLearnt = 32 * 1024 * 1024 - 64 * 1024
