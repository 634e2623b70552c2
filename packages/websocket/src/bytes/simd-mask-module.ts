/**
 * A WebAssembly module that masks octets of its own memory, 64 at a time, written down opcode by opcode.
 *
 * In the text format it would be:
 *
 * ```wat
 * (module
 *   (memory (export "memory") 6 6)
 *   (func (export "mask") (param $at i32) (param $end i32) (param $key i32) (local $word v128)
 *     (local.set $word (i32x4.splat (local.get $key)))
 *     ;; while $at + 64 <= $end: four times (v128.store $at (v128.xor (v128.load $at) $word)), then $at += 64
 *     ;; the same in steps of 16
 *     ;; while $at < $end: octet by octet, turning $key
 *   ))
 * ```
 */
export function simdMaskModule(): Uint8Array<ArrayBuffer> {
  const type = [1, FUNC, 3, I32, I32, I32, 0]
  const memory = [1, HAS_MAXIMUM, memoryPages, memoryPages]
  const exports = [2, ...name('memory'), MEMORY, 0, ...name('mask'), FUNCTION, 0]
  const code = [1, ...sized([1, 1, V128, ...body(), END])]
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  return Uint8Array.from([
    ...magic,
    ...[1, ...sized(type)],
    ...[3, ...sized([1, 0])],
    ...[5, ...sized(memory)],
    ...[7, ...sized(exports)],
    ...[10, ...sized(code)],
  ])
}

/** The number of pages of memory, 64 KiB each. It is fixed, because memory that grows would detach all arrays that lie in it. */
export const memoryPages: number = 6

function body(): number[] {
  return [...[GET, key], ...I32X4_SPLAT, ...[SET, word], ...stepsOf(64), ...stepsOf(16), ...octets()]
}

/** A loop that repeats as long as a whole step fits. */
function stepsOf(size: 16 | 64): number[] {
  const step: number[] = []
  for (let offset = 0; offset < size; offset += 16) {
    step.push(GET, at, GET, at, ...V128_LOAD, 0, offset, GET, word, ...V128_XOR, ...V128_STORE, 0, offset)
  }
  const next = [GET, at, CONST, ...signed(size), ADD]
  return repeatUntil([...next, GET, end, GREATER], [...step, ...next, SET, at])
}

function octets(): number[] {
  const masked = [GET, at, GET, at, LOAD8, 0, 0, GET, key, XOR, STORE8, 0, 0]
  const turnedKey = [GET, key, CONST, 8, ROTATE_RIGHT, SET, key]
  return repeatUntil([GET, at, GET, end, GREATER_OR_EQUAL], [...masked, ...turnedKey, GET, at, CONST, 1, ADD, SET, at])
}

function repeatUntil(condition: readonly number[], work: readonly number[]): number[] {
  return [BLOCK, NO_RESULT, LOOP, NO_RESULT, ...condition, BRANCH_IF, 1, ...work, BRANCH, 0, END, END]
}

/** A vector: its length, then its content. */
function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function name(text: string): number[] {
  return sized(Array.from(text, letter => letter.charCodeAt(0)))
}

/** Encodes an unsigned number below 2^14 in LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7]
}

/** Encodes a signed number in LEB128; the sign is the highest bit of the last octet. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, value >> 7]
}

const at = 0
const end = 1
const key = 2
const word = 3

const FUNC = 0x60
const I32 = 0x7f
const V128 = 0x7b
const NO_RESULT = 0x40
const FUNCTION = 0
const MEMORY = 2
const HAS_MAXIMUM = 1

const BLOCK = 0x02
const LOOP = 0x03
const END = 0x0b
const BRANCH = 0x0c
const BRANCH_IF = 0x0d
const GET = 0x20
const SET = 0x21
const LOAD8 = 0x2d
const STORE8 = 0x3a
const CONST = 0x41
const GREATER = 0x4b
const GREATER_OR_EQUAL = 0x4f
const ADD = 0x6a
const XOR = 0x73
const ROTATE_RIGHT = 0x78
const V128_LOAD = [0xfd, 0x00]
const V128_STORE = [0xfd, 0x0b]
const I32X4_SPLAT = [0xfd, 0x11]
const V128_XOR = [0xfd, 0x51]
