// @ts-check
import { shown, signs } from '../live.mjs'

/** @typedef {{ operation: string, operands: number[] }} Wanted */

/** The state of a desk calculator between two keys. It does not calculate: `press` returns the calculation to ask the server for. */
export class Keypad {
  #entry = '0'
  /** @type {number | undefined} */
  #left
  /** @type {string | undefined} */
  #operation
  /** Whether the next digit begins a new number. */
  #isFresh = true

  get display() {
    return this.#entry.replace('-', '−')
  }

  /** The text above the display: the operand that waits. */
  get pending() {
    return this.#left === undefined || this.#operation === undefined ? '' : `${shown(this.#left)} ${signs[this.#operation]}`
  }

  /**
   * @param {string} key
   * @returns {Wanted | undefined}
   */
  press(key) {
    if (/^[0-9.]$/.test(key)) this.#digit(key)
    else if (key === 'clear') this.#clear()
    else if (key === 'back') this.#back()
    else if (key === 'sign') this.#entry = this.#entry.startsWith('-') ? this.#entry.slice(1) : `-${this.#entry}`
    else if (key === 'root') return { operation: 'root', operands: [Number(this.#entry)] }
    else if (key === 'equals') return this.#wanted()
    else return this.#operator(key)
    return undefined
  }

  /**
   * Continues with the server's answer as the current number.
   *
   * @param {Wanted} wanted
   * @param {number} result
   */
  answered({ operation }, result) {
    this.#entry = String(Number(result.toPrecision(12)))
    this.#isFresh = true
    if (operation === 'root') return
    this.#left = this.#next === undefined ? undefined : result
    this.#operation = this.#next
    this.#next = undefined
  }

  /** The operation that follows after the answer to the one before. @type {string | undefined} */
  #next

  #wanted() {
    if (this.#left === undefined || this.#operation === undefined) return undefined
    return { operation: this.#operation, operands: [this.#left, Number(this.#entry)] }
  }

  /** @param {string} operation */
  #operator(operation) {
    const wanted = this.#isFresh ? undefined : this.#wanted()
    if (wanted !== undefined) {
      this.#next = operation
      return wanted
    }
    this.#left = Number(this.#entry)
    this.#operation = operation
    this.#isFresh = true
    return undefined
  }

  /** @param {string} key */
  #digit(key) {
    if (this.#isFresh) this.#entry = key === '.' ? '0.' : key
    else if (key === '.' && this.#entry.includes('.')) return
    else if (this.#entry.length < 14) this.#entry = this.#entry === '0' && key !== '.' ? key : this.#entry + key
    this.#isFresh = false
  }

  #back() {
    this.#entry = this.#isFresh || this.#entry.replace('-', '').length < 2 ? '0' : this.#entry.slice(0, -1)
  }

  #clear() {
    this.#entry = '0'
    this.#left = undefined
    this.#operation = undefined
    this.#next = undefined
    this.#isFresh = true
  }
}
