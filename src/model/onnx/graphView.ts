// Questions about the flow of tensors in one graph: who produces, who consumes, what is a parameter, what lies upstream.

import type { OnnxGraph, OnnxNode } from './graphReader';

/** Operators that move, scale, mask or quantize values; which inputs carry the values. */
const valueInputs = new Map<string, readonly number[] | 'all'>([
  ['Add', 'all'],
  ['Cast', [0]],
  ['Clip', [0]],
  ['Concat', 'all'],
  ['DequantizeLinear', [0]],
  ['Div', [0]],
  ['Dropout', [0]],
  ['DynamicQuantizeLinear', [0]],
  ['Expand', [0]],
  ['Identity', [0]],
  ['Max', 'all'],
  ['Min', 'all'],
  ['Mul', 'all'],
  ['QuantizeLinear', [0]],
  ['Reshape', [0]],
  ['Slice', [0]],
  ['Split', [0]],
  ['Squeeze', [0]],
  ['Sub', 'all'],
  ['Transpose', [0]],
  ['Unsqueeze', [0]],
  ['Where', [1, 2]],
]);

/** Matrix products, plain, fused and quantized; where their second matrix is. */
const secondMatrixInput = new Map<string, number>([
  ['DynamicQuantizeMatMul', 1],
  ['FusedGemm', 1],
  ['FusedMatMul', 1],
  ['Gemm', 1],
  ['MatMul', 1],
  ['MatMulInteger', 1],
  ['MatMulIntegerToFloat', 1],
  ['MatMulNBits', 1],
  ['QLinearMatMul', 3],
]);

/** A matrix product: `left` times `right`. */
export interface MatrixProduct {
  readonly left: string;
  readonly right: string;
  /** True when both are computed from the input; false when one is a parameter, as in a projection. */
  readonly ofActivations: boolean;
}

/** What is found on the way from a tensor towards the inputs. */
export interface Upstream {
  /** Every tensor that carries the same values moved, scaled or masked; nearest first, the start included. */
  readonly tensors: readonly string[];
  /** The matrix products at which the way ends. */
  readonly products: readonly MatrixProduct[];
}

export class GraphView {
  /** Names of the inputs of the model. */
  readonly inputs: ReadonlySet<string>;
  private readonly producers: Map<string, OnnxNode>;
  private readonly consumers = new Map<string, OnnxNode[]>();
  private readonly parameters: Set<string>;

  /** `outer`: the graph around this one, when it is a branch: its tensors are visible here. */
  constructor(
    readonly graph: OnnxGraph,
    outer?: GraphView,
  ) {
    this.inputs = outer?.inputs ?? new Set(graph.inputs.map(({ name }) => name));
    this.producers = new Map(outer?.producers);
    this.parameters = new Set(outer?.parameters);
    for (const { name } of graph.initializers) this.parameters.add(name);
    for (const name of graph.sparseInitializers) this.parameters.add(name);
    for (const node of graph.nodes) this.addNode(node);
  }

  /** Back from `tensor` through what moves, scales, masks or quantizes it, up to matrix products, inputs and all else. */
  upstream(tensor: string): Upstream {
    const tensors = new Set([tensor]);
    const products: MatrixProduct[] = [];
    for (const current of tensors) {
      const node = this.producers.get(current);
      if (node === undefined || !this.carriesValues(node, current)) continue;
      const product = this.productOf(node);
      if (product !== undefined) products.push(product);
      else for (const input of this.valueInputsOf(node)) tensors.add(input);
    }
    return { tensors: [...tensors], products };
  }

  /** True when `tensor`, moved, scaled, masked or quantized, is a factor of a product of two activations. */
  entersProductOfActivations(tensor: string): boolean {
    const tensors = new Set([tensor]);
    for (const current of tensors) {
      for (const node of this.consumersOf(current)) {
        if (this.productOf(node)?.ofActivations) return true;
        if (this.valueInputsOf(node).includes(current)) for (const output of node.outputs) tensors.add(output);
      }
    }
    return false;
  }

  /** The first matrix product that `tensor`, moved, scaled, masked or quantized, enters as its left factor, and its node. */
  productAfter(tensor: string): { readonly node: OnnxNode; readonly product: MatrixProduct } | undefined {
    const tensors = new Set([tensor]);
    for (const current of tensors) {
      for (const node of this.consumersOf(current)) {
        const product = this.productOf(node);
        if (product?.left === current) return { node, product };
        if (this.valueInputsOf(node).includes(current)) for (const output of node.outputs) tensors.add(output);
      }
    }
    return undefined;
  }

  producerOf(tensor: string): OnnxNode | undefined {
    return this.producers.get(tensor);
  }

  consumersOf(tensor: string): readonly OnnxNode[] {
    return this.consumers.get(tensor) ?? [];
  }

  /** True for parameters, constants, and what is computed from these alone. */
  isParameter(tensor: string): boolean {
    return this.parameters.has(tensor);
  }

  private addNode(node: OnnxNode): void {
    const inputs = node.inputs.filter(input => input !== '');
    for (const output of node.outputs) if (output !== '') this.producers.set(output, node);
    for (const input of inputs) {
      const consumers = this.consumers.get(input);
      if (consumers === undefined) this.consumers.set(input, [node]);
      else consumers.push(node);
    }
    const constant = inputs.length > 0 && inputs.every(input => this.parameters.has(input));
    if (constant || node.operator === 'Constant') for (const output of node.outputs) this.parameters.add(output);
  }

  /** Of a quantizer only the first output carries values; the others are scale and zero point. */
  private carriesValues(node: OnnxNode, output: string): boolean {
    return node.operator !== 'DynamicQuantizeLinear' || node.outputs[0] === output;
  }

  private valueInputsOf(node: OnnxNode): string[] {
    const indices = valueInputs.get(node.operator) ?? [];
    const inputs = indices === 'all' ? node.inputs : indices.map(index => node.inputs[index] ?? '');
    return inputs.filter(input => input !== '' && !this.parameters.has(input));
  }

  private productOf(node: OnnxNode): MatrixProduct | undefined {
    const rightIndex = secondMatrixInput.get(node.operator);
    if (rightIndex === undefined || node.inputs.length <= rightIndex) return undefined;
    const left = node.inputs[0];
    const right = node.inputs[rightIndex];
    return { left, right, ofActivations: !this.parameters.has(left) && !this.parameters.has(right) };
  }
}
