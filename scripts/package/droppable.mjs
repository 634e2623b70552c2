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
  /** @type {{ at: number, text: string }[]} */
  const insertions = []
  for (const statement of program.body) {
    if (!/^(?:Import|Export|TS|Function|Class|Variable)/.test(statement.type))
      throw new Error(
        `${id}: a statement of the module itself (${code.slice(statement.start, statement.start + 40)} …) cannot be dropped; call a function`,
      )
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'VariableDeclaration') for (const one of declaration.declarations) wrapValue(one)
    else if (declaration?.type === 'ClassDeclaration' && !isPlainClass(declaration)) wrapClass(declaration)
  }
  return inserted(code, insertions)

  /** @param {any} declarator */
  function wrapValue({ id: name, init }) {
    if (init == null || name.type !== 'Identifier' || isPlain(init)) return
    insertions.push({ at: init.start, text: '/* @__PURE__ */ (() => (' }, { at: init.end, text: '))()' })
  }

  /** @param {any} declaration */
  function wrapClass({ id: name, start, end }) {
    insertions.push({ at: start, text: `const ${name.name} = /* @__PURE__ */ (() => { ` }, { at: end, text: `; return ${name.name} })()` })
  }
}

/**
 * Whether evaluating an expression can do nothing but make a value.
 *
 * @param {any} node
 * @returns {boolean}
 */
function isPlain(node) {
  switch (node?.type) {
    case 'Literal':
      return true
    case 'Identifier':
      return true
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return true
    case 'ClassExpression':
      return isPlainClass(node)
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'UnaryExpression':
      return node.operator === '-' && node.argument.type === 'Literal'
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return isPlain(node.expression)
    case 'ArrayExpression':
      return node.elements.every(isPlain)
    case 'ObjectExpression':
      return node.properties.every(property => property.type === 'Property' && !property.computed && isPlain(property.value))
    default:
      return false
  }
}

/** @param {any} node */
function isPlainClass({ superClass, body, decorators = [] }) {
  if (decorators.length > 0 || (superClass != null && superClass.type !== 'Identifier')) return false
  return body.body.every(member => {
    if (member.type === 'StaticBlock' || member.computed) return false
    return !member.static || member.type !== 'PropertyDefinition' || member.value == null || isPlain(member.value)
  })
}

/**
 * @param {string} code
 * @param {{ at: number, text: string }[]} insertions
 */
function inserted(code, insertions) {
  let text = ''
  let from = 0
  for (const { at, text: more } of insertions.toSorted((a, b) => a.at - b.at)) {
    text += code.slice(from, at) + more
    from = at
  }
  return text + code.slice(from)
}
