/** The imports of a TypeScript file. */
import ts from 'typescript';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** The module that a node names, if it names one: static, dynamic, or in a type. */
function namedBy(node: ts.Node): { readonly module: ts.Node | undefined; readonly typeOnly: boolean } {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return { module: node.moduleSpecifier, typeOnly: isTypeOnly(node) };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { module: node.arguments[0], typeOnly: false };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { module: node.argument.literal, typeOnly: true };
  return { module: undefined, typeOnly: false };
}

/** Every import of a file, in the order of the text. */
export function importsOf(path: string, text: string): readonly Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const { module, typeOnly } = namedBy(node);
    if (module !== undefined && ts.isStringLiteralLike(module)) {
      const { line } = file.getLineAndCharacterOfPosition(module.getStart());
      found.push({ specifier: module.text, line: line + 1, typeOnly });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
