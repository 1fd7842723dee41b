// Reads the structure of an ONNX model: graphs, nodes, values, where parameters stand. Skips the parameters themselves.
// Field numbers are those of onnx.proto, ONNX 1.23 (IR version 14).

import { type ElementType, elementTypeOf } from './elementTypes';
import { type ExternalData, type OnnxInitializer, readInitializer } from './initializerReader';
import { type ByteSource, corruptFile, type FieldLocation, ProtobufReader } from './protobufReader';

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** Undefined when the graph leaves it to inference, or when the value is no tensor. */
  readonly elementType: ElementType | undefined;
  /** A number, the name of a symbolic dimension, or '' for one that says nothing. Undefined when the rank is not given. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** One attribute of a node. Of its value only graphs and numbers are read. */
export interface OnnxAttribute {
  readonly name: string;
  readonly location: FieldLocation;
  readonly graphs: readonly OnnxGraph[];
  /** The value of an attribute that is one integer or one float. */
  readonly number: number | undefined;
  /** The value of an attribute that is a list of integers; else empty. */
  readonly integers: readonly number[];
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** '' for the operators of ONNX itself. */
  readonly domain: string;
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  /** '' where an optional output is left out. */
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
  readonly location: FieldLocation;
}

export interface OnnxGraph {
  /** Inputs that a caller feeds; old exports also list initializers as inputs, which are left out here. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  /** Names of initializers in sparse form. */
  readonly sparseInitializers: readonly string[];
  /** The message, in file order; protobuf merges several. */
  readonly locations: readonly FieldLocation[];
}

export interface OnnxModel {
  /** The name it was read under, for messages. */
  readonly file: string;
  /** Program and version that wrote the file, such as `pytorch 2.13.0`. */
  readonly producer: string;
  /** Domain ('' for ONNX itself) to version. */
  readonly operatorSets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  /** Files beside the model that hold parameters, each once. */
  readonly externalFiles: readonly string[];
}

interface GraphDraft extends OnnxGraph {
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxInitializer[];
  readonly sparseInitializers: string[];
  readonly locations: FieldLocation[];
}

/**
 * The structure of an ONNX file; `file` is its name in messages. Takes milliseconds at any size, as parameters are skipped.
 * Throws `model-file-corrupt` when the file is cut short or is not an ONNX model: broken fields, no graph, no operator sets, a
 * value that nothing produces, an initializer with too few bytes.
 */
export function readOnnxModel(bytes: Uint8Array, file: string): OnnxModel {
  refuseStandIns(bytes, file);
  const reader = new ProtobufReader(bytes, file);
  const operatorSets = new Map<string, number>();
  const draft = emptyGraph();
  let producerName = '';
  let producerVersion = '';
  while (reader.nextField()) {
    if (reader.fieldNumber === 2) producerName = reader.readString();
    else if (reader.fieldNumber === 3) producerVersion = reader.readString();
    else if (reader.fieldNumber === 7) readGraph(reader.readMessage(), draft);
    else if (reader.fieldNumber === 8) readOperatorSet(reader.readMessage(), operatorSets);
    else reader.skip();
  }
  if (draft.locations.length === 0) throw corruptFile(file, 'a model has a graph', 'none', bytes.length);
  const graph = finishGraph(draft);
  const model: OnnxModel = {
    file,
    producer: `${producerName} ${producerVersion}`.trim(),
    operatorSets,
    graph,
    externalFiles: [...new Set(externalDataOf(graph).map(({ file }) => file))],
  };
  checkReferences(model, bytes.length);
  return model;
}

/** The graph and all graphs inside its nodes, outermost first. */
export function everyGraph(graph: OnnxGraph): OnnxGraph[] {
  return [graph, ...subgraphsOf(graph).flatMap(everyGraph)];
}

function subgraphsOf(graph: OnnxGraph): OnnxGraph[] {
  return graph.nodes.flatMap(node => node.attributes.flatMap(attribute => attribute.graphs));
}

/** Every part of another file that parameters of the graph, and of all graphs inside it, are in. */
export function externalDataOf(graph: OnnxGraph): ExternalData[] {
  return everyGraph(graph).flatMap(({ initializers }) =>
    initializers.flatMap(({ external }) => (external === undefined ? [] : [external])),
  );
}

/** What people have in place of a model more often than a broken one; as protobuf it would be an odd wire type. */
export function refuseStandIns(bytes: ByteSource, file: string): void {
  const rule = 'the file is an ONNX model';
  if (bytes.length === 0) throw corruptFile(file, rule, 'an empty file', 0);
  const opening = String.fromCharCode(...bytes.subarray(0, 40)).trimStart();
  if (opening.startsWith('version https://git-lfs'))
    throw corruptFile(file, rule, 'a Git LFS pointer (fetch the file itself with `git lfs pull`)', 0);
  if (/^<(!doctype|html)/i.test(opening)) throw corruptFile(file, rule, 'a web page', 0);
}

function emptyGraph(): GraphDraft {
  return { inputs: [], outputs: [], nodes: [], initializers: [], sparseInitializers: [], locations: [] };
}

/** Old exports list their initializers as inputs, too. */
function finishGraph(draft: GraphDraft): OnnxGraph {
  const initialized = new Set(draft.initializers.map(({ name }) => name));
  return { ...draft, inputs: draft.inputs.filter(({ name }) => !initialized.has(name)) };
}

function readGraph(reader: ProtobufReader, graph: GraphDraft): void {
  graph.locations.push(reader.location);
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) graph.nodes.push(readNode(reader.readMessage()));
    else if (reader.fieldNumber === 5) graph.initializers.push(readInitializer(reader.readMessage()));
    else if (reader.fieldNumber === 11) graph.inputs.push(readValue(reader.readMessage()));
    else if (reader.fieldNumber === 12) graph.outputs.push(readValue(reader.readMessage()));
    else if (reader.fieldNumber === 15) graph.sparseInitializers.push(readSparseName(reader.readMessage()));
    else reader.skip();
  }
}

function readNode(reader: ProtobufReader): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: OnnxAttribute[] = [];
  let name = '';
  let operator = '';
  let domain = '';
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) inputs.push(reader.readString());
    else if (reader.fieldNumber === 2) outputs.push(reader.readString());
    else if (reader.fieldNumber === 3) name = reader.readString();
    else if (reader.fieldNumber === 4) operator = reader.readString();
    else if (reader.fieldNumber === 5) attributes.push(readAttribute(reader.readMessage()));
    else if (reader.fieldNumber === 7) domain = ownDomain(reader.readString());
    else reader.skip();
  }
  if (operator === '') throw reader.corrupt('a node names its operator', 'none', reader.location.start);
  return { name, operator, domain, inputs, outputs, attributes, location: reader.location };
}

function readAttribute(reader: ProtobufReader): OnnxAttribute {
  const graph = emptyGraph();
  const graphs: OnnxGraph[] = [];
  let name = '';
  const integers: number[] = [];
  let number: number | undefined;
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) name = reader.readString();
    else if (reader.fieldNumber === 2) number = reader.readFloat();
    else if (reader.fieldNumber === 3) number = Number(reader.readInteger());
    else if (reader.fieldNumber === 6) readGraph(reader.readMessage(), graph);
    else if (reader.fieldNumber === 8) for (const integer of reader.readIntegers()) integers.push(Number(integer));
    else if (reader.fieldNumber === 11) graphs.push(readWholeGraph(reader.readMessage()));
    else reader.skip();
  }
  if (name === '') throw reader.corrupt('an attribute has a name', 'none', reader.location.start);
  if (graph.locations.length > 0) graphs.unshift(finishGraph(graph));
  return { name, location: reader.location, graphs, number, integers };
}

function readWholeGraph(reader: ProtobufReader): OnnxGraph {
  const graph = emptyGraph();
  readGraph(reader, graph);
  return finishGraph(graph);
}

function readValue(reader: ProtobufReader): OnnxValue {
  let name = '';
  let type: Omit<OnnxValue, 'name'> = { elementType: undefined, dims: undefined };
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) name = reader.readString();
    else if (reader.fieldNumber === 2) type = readType(reader.readMessage());
    else reader.skip();
  }
  if (name === '') throw reader.corrupt('an input or output has a name', 'none', reader.location.start);
  return { name, ...type };
}

/** TypeProto; sequences, maps and the like stay undefined. */
function readType(reader: ProtobufReader): Omit<OnnxValue, 'name'> {
  let elementType: ElementType | undefined;
  let dims: (number | string)[] | undefined;
  while (reader.nextField()) {
    if (reader.fieldNumber !== 1) {
      reader.skip();
      continue;
    }
    const tensor = reader.readMessage();
    while (tensor.nextField()) {
      if (tensor.fieldNumber === 1) elementType = elementTypeOf(tensor, tensor.readNumber());
      else if (tensor.fieldNumber === 2) dims = readShape(tensor.readMessage());
      else tensor.skip();
    }
  }
  return { elementType, dims };
}

function readShape(reader: ProtobufReader): (number | string)[] {
  const dims: (number | string)[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber !== 1) {
      reader.skip();
      continue;
    }
    const dimension = reader.readMessage();
    let value: number | string = '';
    while (dimension.nextField()) {
      if (dimension.fieldNumber === 1) value = dimension.readNumber();
      else if (dimension.fieldNumber === 2) value = dimension.readString();
      else dimension.skip();
    }
    dims.push(value);
  }
  return dims;
}

/** SparseTensorProto: the name stands on its `values`. */
function readSparseName(reader: ProtobufReader): string {
  let name = '';
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      const values = reader.readMessage();
      while (values.nextField()) {
        if (values.fieldNumber === 8) name = values.readString();
        else values.skip();
      }
    } else reader.skip();
  }
  return name;
}

function readOperatorSet(reader: ProtobufReader, operatorSets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) domain = ownDomain(reader.readString());
    else if (reader.fieldNumber === 2) version = reader.readNumber();
    else reader.skip();
  }
  operatorSets.set(domain, version);
}

/** ONNX's own operators have two names for their domain. */
function ownDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** A file that was cut between two fields parses; what is missing shows in what is left. */
function checkReferences(model: OnnxModel, fileEnd: number): void {
  if (model.operatorSets.size === 0) throw corruptFile(model.file, 'a model names its operator sets', 'none', fileEnd);
  /** `scopes`: the names of each graph around, outermost first. Never one set of all: a hostile file has a thousand graphs. */
  const visit = (graph: OnnxGraph, scopes: readonly ReadonlySet<string>[]): void => {
    const own = new Set(graph.sparseInitializers);
    for (const { name } of graph.inputs) own.add(name);
    for (const { name } of graph.initializers) own.add(name);
    for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
    const visible = [...scopes, own];
    const isKnown = (name: string) => visible.some(scope => scope.has(name));
    if (graph.outputs.length === 0)
      throw corruptFile(model.file, 'a graph has outputs', 'none', graph.locations[0].start);
    for (const node of graph.nodes) {
      const missing = node.inputs.find(input => !isKnown(input));
      if (missing !== undefined)
        throw corruptFile(
          model.file,
          'every input of a node is produced by something',
          `${node.operator} ${node.name} with ${missing}`,
          node.location.start,
        );
      if (!model.operatorSets.has(node.domain))
        throw corruptFile(
          model.file,
          'the operator set of every node is imported',
          `${node.domain}.${node.operator}`,
          node.location.start,
        );
    }
    const missing = graph.outputs.find(({ name }) => !isKnown(name));
    if (missing !== undefined)
      throw corruptFile(model.file, 'every output is produced by a node', missing.name, graph.locations[0].start);
    for (const subgraph of subgraphsOf(graph)) visit(subgraph, visible);
  };
  visit(model.graph, [new Set([''])]);
}
