// @ts-check
import { RpcError } from '@autobahn-ts/wamp/v1'

/** The procedures of a calculator. An error has a URI for programs, a text for people, and details. */
export class Calculator {
  /**
   * @param {unknown} a
   * @param {unknown} b
   */
  add(a, b) {
    return finite(number(a) + number(b))
  }

  /**
   * @param {unknown} a
   * @param {unknown} b
   */
  subtract(a, b) {
    return finite(number(a) - number(b))
  }

  /**
   * @param {unknown} a
   * @param {unknown} b
   */
  multiply(a, b) {
    return finite(number(a) * number(b))
  }

  /**
   * @param {unknown} a
   * @param {unknown} b
   */
  divide(a, b) {
    if (number(b) === 0) throw new RpcError(`${errors}divided-by-zero`, 'nothing can be divided by 0', { dividend: number(a) })
    return finite(number(a) / number(b))
  }

  /** @param {unknown} x */
  root(x) {
    if (number(x) < 0) throw new RpcError(`${errors}negative`, 'a negative number has no real root', { operand: x })
    return Math.sqrt(number(x))
  }
}

/** Checks that a result is finite, because JSON would turn infinity into `null`. */
function finite(/** @type {number} */ value) {
  if (Number.isFinite(value)) return value
  throw new RpcError(`${errors}too-large`, 'the result is too large')
}

/** Checks an operand, because clients in any language may call. */
function number(/** @type {unknown} */ value) {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new RpcError(`${errors}no-number`, 'an operand must be a number', { operand: value ?? null })
}

export const operations = /** @type {const} */ (['add', 'subtract', 'multiply', 'divide', 'root'])
export const calculatorUri = 'http://example.com/calculator#'
const errors = 'http://example.com/calculator/error#'
