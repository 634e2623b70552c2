import { parseSync } from 'rolldown/utils'

/**
 * Makes what a module does while it loads droppable: the bundler of an application leaves out what the application does not use.
 *
 * While modules are files of their own, `"sideEffects": false` in package.json lets bundlers drop whole files. In a shared file they have to prove for
 * each statement that it can go. They cannot for a call, for `a.b`, and for a class with a computed name (`[hidden]() {}`), so these are wrapped into a
 * function that is called at once and marked as pure. Nothing is moved to another line. Other statements throw an error here.
 *
 * @param {string} code a module of TypeScript
 * @param {string} id its path
 * @returns {string}
 */
export function droppable(code, id) {
  const { program } = parseSync(id, code)
  /** @type {Change[]} */
  const changes = []
  for (const statement of program.body) {
    if (!/^(?:Import|Export|TS|Function|Class|Variable)/.test(statement.type))
      throw new Error(
        `${id}: a statement of the module itself (${code.slice(statement.start, statement.start + 40)} …) cannot be dropped; call a function`,
      )
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'VariableDeclaration') for (const { id: name, init } of declaration.declarations) wrapValue(name, init)
    else if (declaration?.type === 'ClassDeclaration' && !isPlainClass(declaration, isPlain)) wrapClass(declaration)
  }
  return changed(code, changes)

  /**
   * @param {any} name
   * @param {any} init
   */
  function wrapValue(name, init) {
    if (init == null || name.type !== 'Identifier' || isPlain(init)) return
    changes.push(...wrapped(init, '/* @__PURE__ */ (() => (', '))()'))
  }

  /** @param {any} declaration */
  function wrapClass({ id: { name }, ...place }) {
    changes.push(...wrapped(place, `const ${name} = /* @__PURE__ */ (() => { `, `; return ${name} })()`))
  }
}

/**
 * Marks values as pure again that a minifier has taken out of the functions of `droppable`, and removes the marks within functions, which help nobody.
 * Classes stay in theirs. A call that is marked needs no function around it, if its arguments need none.
 *
 * @param {string} code a minified module of JavaScript
 * @returns {string}
 */
export function stillDroppable(code) {
  const { program, comments } = parseSync('code.js', code)
  // each is followed by a space
  const marks = new Map(comments.filter(({ value }) => value.trim() === '@__PURE__').map(mark => [mark.end + 1, mark]))
  /** The marks that stay. */
  const needed = new Set()
  /** @type {Change[]} */
  const changes = []
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id: name, init } of declaration.declarations) {
      if (init === null || name.type !== 'Identifier') continue
      const known = new Set()
      if (isPlain(init, node => isMarked(node, known))) for (const mark of known) needed.add(mark)
      else changes.push(...wrapped(init, `${shortMark}(()=>(`, '))()'))
    }
  }
  for (const { start, end } of marks.values()) {
    const isBetweenWords = /\w/.test(code[start - 1] ?? '') && /\w/.test(code[end + 1] ?? '')
    changes.push({ at: start, text: needed.has(start) ? shortMark : isBetweenWords ? ' ' : '', until: end + 1 })
  }
  return changed(code, changes)

  /**
   * Tells whether a call is marked and its arguments do nothing, and remembers its mark.
   *
   * @param {any} node
   * @param {Set<number>} known
   * @returns {boolean}
   */
  function isMarked(node, known) {
    const mark = marks.get(node.start)
    if (mark === undefined || !/^(?:Call|New)Expression$/.test(node.type)) return false
    known.add(mark.start)
    return node.arguments.every((/** @type {any} */ argument) => isPlain(argument, inner => isMarked(inner, known)))
  }
}

/** @typedef {{ at: number, text: string, until?: number }} Change what is inserted, or stands in place of the code up to another position */

const shortMark = '/*@__PURE__*/'

/**
 * Tells whether evaluating an expression can do nothing but make a value.
 *
 * @param {any} node
 * @param {(node: any) => boolean} isHarmless tells it of other kinds of expressions
 * @returns {boolean}
 */
function isPlain(node, isHarmless = () => false) {
  /** @param {any} inner */
  const isPlainToo = inner => isPlain(inner, isHarmless)
  switch (node?.type) {
    case 'Literal':
      return true
    case 'Identifier':
      return true
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return true
    case 'ClassExpression':
      return isPlainClass(node, isPlainToo)
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'UnaryExpression':
      return /^[-!]$|^void$/.test(node.operator) && node.argument.type === 'Literal'
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return isPlainToo(node.expression)
    case 'ArrayExpression':
      return node.elements.every(isPlainToo)
    case 'ObjectExpression':
      return node.properties.every(property => property.type === 'Property' && !property.computed && isPlainToo(property.value))
    default:
      return isHarmless(node)
  }
}

/**
 * @param {any} node
 * @param {(node: any) => boolean} isPlainValue
 */
function isPlainClass({ superClass, body, decorators = [] }, isPlainValue) {
  if (decorators.length > 0 || (superClass != null && superClass.type !== 'Identifier')) return false
  return body.body.every(member => {
    if (member.type === 'StaticBlock' || member.computed) return false
    return !member.static || member.type !== 'PropertyDefinition' || member.value == null || isPlainValue(member.value)
  })
}

/**
 * @param {{ start: number, end: number }} place
 * @param {string} before
 * @param {string} after
 * @returns {Change[]}
 */
function wrapped({ start, end }, before, after) {
  return [
    { at: start, text: before },
    { at: end, text: after },
  ]
}

/**
 * @param {string} code
 * @param {Change[]} changes
 */
function changed(code, changes) {
  let text = ''
  let from = 0
  for (const { at, text: more, until = at } of changes.toSorted((a, b) => a.at - b.at)) {
    text += code.slice(from, at) + more
    from = until
  }
  return text + code.slice(from)
}
