/** The imports of one TypeScript file. */
import ts from 'typescript';

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {number} line Counted from 1.
 * @property {boolean} lazy Made by `import()`, when that line is reached.
 * @property {boolean} typeOnly Gone from the compiled file.
 */

/**
 * @param {string} text
 * @returns {Import[]} In the order of the file.
 */
export function importsOf(text) {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022);
  /** @type {Import[]} */
  const imports = [];
  /**
   * @param {ts.Node | undefined} specifier
   * @param {{ lazy?: boolean, typeOnly?: boolean | undefined }} kind
   */
  const add = (specifier, { lazy = false, typeOnly = false }) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const line = file.getLineAndCharacterOfPosition(specifier.getStart(file)).line + 1;
    imports.push({ specifier: specifier.text, line, lazy, typeOnly });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, { typeOnly: node.importClause?.isTypeOnly });
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, { typeOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, { typeOnly: true });
    } else if (ts.isCallExpression(node) && isLoading(node.expression)) {
      add(node.arguments[0], { lazy: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

/**
 * @param {ts.Expression} callee
 * @returns {boolean} Whether a call of it loads a module, or names one to be loaded.
 */
function isLoading(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'resolve') return false;
  const owner = callee.expression;
  return ts.isMetaProperty(owner) || (ts.isIdentifier(owner) && owner.text === 'require');
}
