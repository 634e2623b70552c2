import { fastPathsAreOn } from './fast-paths.ts'

/**
 * Has the C library keep what large messages leave behind for the next ones. Once per process, when the first large message is there.
 *
 * glibc gives blocks of 128 KiB and more back to the system as soon as they are freed, and takes fresh ones page by page, which was a third of
 * what an echo of 256 KiB cost: 91 and 57 µs in one run. It learns: when a block of up to 32 MiB is freed, blocks of that size are kept from then
 * on, and up to twice as much of what is free (mallopt(3), M_MMAP_THRESHOLD). This is a block that is never touched, so it weighs nothing, and is freed by
 * the next collection. Other C libraries learn nothing from it.
 */
export function keepFreedMemory(): void {
  if (hasLearnt || !fastPathsAreOn) return
  hasLearnt = true
  void new ArrayBuffer(largestLearnt)
}

let hasLearnt = false

/** 32 MiB with what malloc adds to a block. */
const largestLearnt = 32 * 1024 * 1024 - 64 * 1024
