import Handlebars from 'handlebars';
import { fail, ok, type Result } from '../values/result.ts';
import { reasonOf } from '../values/thrown.ts';

const BLOCKS = new Set(['each', 'if', 'with']);

/** Walks a template and collects what it does beyond printing. */
class LawVisitor extends Handlebars.Visitor {
  readonly offences: string[] = [];

  #offend(node: hbs.AST.Node, text: string): void {
    this.offences.push(`line ${node.loc.start.line}: ${text}`);
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    if (!node.escaped) this.#offend(node, 'a triple-stash prints unchecked text');
    if (node.params.length > 0 || node.hash !== undefined) this.#offend(node, 'a mustache takes no parameters');
    super.MustacheStatement(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    const name = node.path.type === 'PathExpression' ? node.path.original : 'a literal';
    if (!BLOCKS.has(name)) this.#offend(node, `only each, if and with open blocks, not ${name}`);
    if (node.params.length !== 1 || node.params[0]?.type !== 'PathExpression') {
      this.#offend(node, 'a block takes exactly one field');
    }
    super.BlockStatement(node);
  }

  override PathExpression(node: hbs.AST.PathExpression): void {
    if (node.depth > 0) this.#offend(node, 'a template looks at its own view only, not at "../"');
    if (node.data) this.#offend(node, 'a template has no data variables');
    super.PathExpression(node);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.#offend(node, 'a template computes nothing');
  }

  override Decorator(node: hbs.AST.Decorator): void {
    this.#offend(node, 'a template has no decorators');
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    if (node.name.type !== 'PathExpression') this.#offend(node, 'a partial is named, not computed');
    else if (node.params.length !== 1) this.#offend(node, 'a partial names its view');
    if (node.hash !== undefined) this.#offend(node, 'a partial takes no parameters');
    for (const param of node.params) this.accept(param);
  }
}

/** Whether a template only prints: the error lists what it does besides, with line numbers. */
export const checkTemplate = (text: string): Result<hbs.AST.Program> => {
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(text);
  } catch (error) {
    return fail(reasonOf(error));
  }
  const visitor = new LawVisitor();
  visitor.accept(program);
  return visitor.offences.length === 0 ? ok(program) : fail(visitor.offences.join('; '));
};
