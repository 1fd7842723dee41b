// A graph as a GPU can run it. Runs in the engine process.

import { dequantize } from '../onnx/dequantize';
import { readOnnxModel } from '../onnx/graphReader';
import type { OnnxFile } from './onnxFile';

/** The same graph without 8-bit products, which onnxruntime would run on the CPU, moving activations to and fro. */
export function gpuForm(file: OnnxFile): OnnxFile {
  const { bytes, productCount, roundingCount } = dequantize(file.bytes, file.model);
  return productCount + roundingCount === 0 ? file : { ...file, bytes, model: readOnnxModel(bytes, file.name) };
}
