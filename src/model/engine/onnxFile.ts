// One ONNX file of a model folder: its structure in memory, its parameters left on the disk. Runs in the engine process.

import { createHash, type Hash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { excerpt, HeadlightError } from '../errors';
import { externalDataOf, type OnnxModel, readOnnxModel } from '../onnx/graphReader';
import { separateParameters } from '../onnx/parameterSidecar';
import { FileBytes } from './fileBytes';
import { missingFile, unreadableFile } from './fileErrors';

export interface OnnxFile {
  /** Relative to the model folder, for messages. */
  readonly name: string;
  /** Of the whole file. */
  readonly sha256: string;
  /** The model without its larger parameters: it names the place of each on the disk, see `parameterFolder`. */
  readonly bytes: Uint8Array;
  /** As read from `bytes`. */
  readonly model: OnnxModel;
  /** The names of parameter files in `bytes` are relative to it. */
  readonly parameterFolder: string;
  /** Size on the disk, of files with parameters beside it as well. */
  readonly parameterBytes: number;
  /** What else of the parameters tells this model from others; undefined when all are in the file itself. */
  readonly externalSha256: string | undefined;
}

/**
 * Reads the structure of `name` in `folder`, a few hundred KB of it at any size of the file, and checks that every parameter is there.
 * Links are followed: hub caches keep files under other names elsewhere. Errors: `model-file-corrupt`, `model-file-missing`.
 */
export async function readOnnxFile(folder: string, name: string): Promise<OnnxFile> {
  const linkFolder = path.dirname(path.join(folder, name));
  const realFile = realFileOf(path.join(folder, name), error => unreadableFile(name, error));
  // onnxruntime wants all names below one folder, and links lead anywhere: the root is above everything.
  const { root } = path.parse(realFile);
  const nameUnderRoot = (file: string) => path.relative(root, file).split(path.sep).join('/');
  const beside = (location: string) => {
    refuseEscape(name, location);
    const relativeName = path.join(path.dirname(name), location);
    const noFile = () => missingFile(folder, relativeName, `${name} keeps parameters in it`);
    // Some caches link the graph alone, and its parameters lie beside the target.
    const candidates = [path.join(linkFolder, location), path.join(path.dirname(realFile), location)];
    const found = realFileOf(candidates.find(exists) ?? candidates[0], noFile);
    if (path.parse(found).root !== root) throw outOfReach(name, location);
    return nameUnderRoot(found);
  };
  const source = openSource(realFile, name);
  try {
    const bytes = separateParameters(source, name, { own: nameUnderRoot(realFile), beside });
    const model = readOnnxModel(bytes, name);
    const otherFiles = model.externalFiles.filter(file => file !== nameUnderRoot(realFile));
    const sizes = new Map([[nameUnderRoot(realFile), source.length]]);
    const identity = createHash('sha256');
    for (const file of otherFiles) sizes.set(file, await hashEnds(path.join(root, file), identity));
    checkExtents(model, sizes);
    return {
      name,
      sha256: await hashWhole(realFile),
      bytes,
      model,
      parameterFolder: root,
      parameterBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
      externalSha256: otherFiles.length === 0 ? undefined : identity.digest('hex'),
    };
  } catch (error) {
    throw error instanceof HeadlightError ? error : unreadableFile(name, error);
  } finally {
    source.close();
  }
}

function realFileOf(file: string, describe: (error: unknown) => HeadlightError): string {
  try {
    return realpathSync(file);
  } catch (error) {
    throw describe(error);
  }
}

function exists(file: string): boolean {
  try {
    return realpathSync(file) !== '';
  } catch {
    return false;
  }
}

function openSource(realFile: string, name: string): FileBytes {
  try {
    return new FileBytes(realFile);
  } catch (error) {
    throw unreadableFile(name, error);
  }
}

/** As the ONNX specification has it; a model from the net must not name just any file of the machine. */
function refuseEscape(name: string, location: string): void {
  const parts = location.split(/[/\\]/);
  if (location !== '' && !path.isAbsolute(location) && !parts.includes('..') && !/^[a-z]:/i.test(location)) return;
  const rule = 'external data lies beside the model or below it';
  const found = excerpt(location);
  throw new HeadlightError('model-file-corrupt', `${name}: expected that ${rule}, found "${found}"`, {
    file: name,
    rule,
    found,
  });
}

function outOfReach(name: string, location: string): HeadlightError {
  const rule = 'a model and its external data are on one drive';
  return new HeadlightError('model-file-mismatch', `${name}: expected that ${rule}, found ${location} on another`, {
    file: name,
    rule,
    found: location,
  });
}

/** onnxruntime would say so, too, but in words about memory maps. */
function checkExtents(model: OnnxModel, sizes: ReadonlyMap<string, number>): void {
  for (const { file, offset, length } of externalDataOf(model.graph)) {
    const size = sizes.get(file) ?? 0;
    const end = offset + (length ?? 0);
    if (end <= size) continue;
    const rule = `${path.posix.basename(file)} has at least the ${end} bytes that ${model.file} says`;
    throw new HeadlightError('model-file-corrupt', `${model.file}: expected that ${rule}, found ${size}`, {
      file: model.file,
      rule,
      found: size,
    });
  }
}

const blockSize = 1 << 20;

async function hashWhole(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const hash = createHash('sha256');
    const block = new Uint8Array(blockSize);
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, blockSize, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/**
 * External data holds gigabytes: its size, its first and its last megabyte tell it from that of another model, in a millisecond.
 * Returns the size.
 */
async function hashEnds(file: string, hash: Hash): Promise<number> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    hash.update(`${size}\n`);
    for (const start of [0, Math.max(blockSize, size - blockSize)]) await hashBlock(handle, start, hash);
    return size;
  } finally {
    await handle.close();
  }
}

async function hashBlock(handle: FileHandle, start: number, hash: Hash): Promise<void> {
  const block = new Uint8Array(blockSize);
  const { bytesRead } = await handle.read(block, 0, blockSize, start);
  hash.update(block.subarray(0, bytesRead));
}
