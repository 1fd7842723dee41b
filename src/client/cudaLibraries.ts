// Finds the libraries that CUDA needs in the user's own installation, says which are missing, and lets an engine process find
// them. They are hundreds of megabytes and never shipped. Runs in the parent of the engine, on Linux.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rename, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { neededLibraries } from './elfLibraries';

export interface CudaLibraries {
  /** File names that are nowhere to be found; empty: complete. */
  readonly missing: readonly string[];
  /** What an engine process needs in its environment to find them all. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface CudaPlaces {
  /** Absolute path of the bundled engine: onnxruntime-node is found from there. */
  readonly enginePath: string;
  /** A folder that the user named. */
  readonly userFolder: string | undefined;
  /** For links to what lies apart. */
  readonly cacheFolder: string;
}

const runtime = 'libonnxruntime.so.1';
const provider = 'libonnxruntime_providers_cuda.so';
const sharedProvider = 'libonnxruntime_providers_shared.so';

/** What the provider of onnxruntime 1.30 asks for; for a machine that does not even have the provider to ask. */
const usuallyNeeded = [
  'libcublasLt.so.12',
  'libcublas.so.12',
  'libcurand.so.10',
  'libcufft.so.11',
  'libcudart.so.12',
  'libcudnn.so.9',
];

/** Of the C and C++ runtime, which whoever runs Node has. */
const ofTheSystem = /^(libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s|ld-linux-x86-64)\.so/;

/** Looks beside onnxruntime-node, in the user's folder and where the system looks. Loads nothing. */
export async function findCudaLibraries(places: CudaPlaces): Promise<CudaLibraries> {
  const packageFolder = await nativeFolder(places.enginePath);
  const ownFolders = await foldersIn(places.userFolder);
  const systemFolders = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  const files = await filesOf([...ownFolders, packageFolder, ...systemFolders]);
  const known = await systemLibraries();
  const providerFile = files.get(provider);
  const asked = providerFile === undefined ? usuallyNeeded : await neededLibraries(providerFile);
  const needed = new Set([provider, sharedProvider, ...asked.filter(name => !ofTheSystem.test(name))]);
  const missing = [...needed].filter(name => !files.has(name) && !known.has(name));
  if (missing.length > 0 || providerFile === undefined) return { missing, environment: {} };
  // onnxruntime looks for its providers beside itself, and nowhere else.
  const isBeside = path.dirname(providerFile) === packageFolder;
  const beside = isBeside ? [] : [await linkTogether(packageFolder, files, places.cacheFolder)];
  const folders = [...needed].flatMap(name => files.get(name) ?? []).map(file => path.dirname(file));
  const searched = new Set([...beside, ...folders, ...systemFolders]);
  return { missing, environment: { LD_LIBRARY_PATH: [...searched].join(':') } };
}

/** Where the binaries of onnxruntime-node for this platform are. */
async function nativeFolder(enginePath: string): Promise<string> {
  const manifest = createRequire(enginePath).resolve('onnxruntime-node/package.json');
  const binaries = path.join(path.dirname(manifest), 'bin');
  const [version = ''] = (await namesIn(binaries)).filter(name => name.startsWith('napi-'));
  return path.join(binaries, version, process.platform, process.arch);
}

/** The folder itself and the places in it where NVIDIA's packages, ONNX Runtime's and Python's put their libraries. */
async function foldersIn(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return [];
  const parts = await namesIn(path.join(folder, 'nvidia'));
  const ofPython = parts.map(part => path.join(folder, 'nvidia', part, 'lib'));
  return [folder, ...['lib', 'lib64', 'onnxruntime/capi'].map(name => path.join(folder, name)), ...ofPython];
}

/** Name -> absolute path; of two, that of the earlier folder. */
async function filesOf(folders: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of folders)
    for (const name of await namesIn(folder)) if (!files.has(name)) files.set(name, path.join(folder, name));
  return files;
}

/** Names in the cache of the system's loader; empty where there is none. */
function systemLibraries(): Promise<Set<string>> {
  return new Promise(resolve =>
    execFile('/sbin/ldconfig', ['-p'], { maxBuffer: 8 * 2 ** 20 }, (_error, output) =>
      resolve(new Set([...output.matchAll(/^\s+(\S+) \(/gm)].map(([, name]) => name))),
    ),
  );
}

/**
 * A folder with onnxruntime and its providers side by side. A hard link or a copy of onnxruntime, because it follows a symbolic
 * link back to the folder where no provider is.
 */
async function linkTogether(packageFolder: string, files: ReadonlyMap<string, string>, cacheFolder: string) {
  const original = path.join(packageFolder, runtime);
  const { size, mtimeMs } = await stat(original);
  const parts = [original, size, mtimeMs, files.get(provider), files.get(sharedProvider)];
  const name = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder, 'cuda', name);
  await mkdir(folder, { recursive: true });
  // Its name tells what is in it: what is there stays as it is, because another window's engine may be loading it.
  await linkOrCopy(original, path.join(folder, runtime));
  for (const one of [provider, sharedProvider]) await unlessThere(symlink(files.get(one)!, path.join(folder, one)));
  return folder;
}

/** Errors: those of making a file, but for its being there. */
async function unlessThere(made: Promise<void>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    const draft = `${to}.${process.pid}`; // on another disk; nobody sees half of it
    await copyFile(from, draft);
    await rename(draft, to);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => []);
}
