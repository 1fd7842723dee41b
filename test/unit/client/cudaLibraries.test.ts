import assert from 'node:assert/strict';
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCudaLibraries } from '../../../src/client/cudaLibraries';
import { neededLibraries } from '../../../src/client/elfLibraries';
import { enginePath, root } from '../../support/paths';

const binaries = path.join(root, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
const runtime = path.join(binaries, 'libonnxruntime.so.1');

describe('the libraries of a shared object', () => {
  it('are those that its dynamic section names, in their order', async () => {
    assert.deepEqual(await neededLibraries(runtime), [
      'libdl.so.2',
      'librt.so.1',
      'libpthread.so.0',
      'libstdc++.so.6',
      'libm.so.6',
      'libgcc_s.so.1',
      'libc.so.6',
      'ld-linux-x86-64.so.2',
    ]);
  });

  it('are none in a file that is no such object, or a short one', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-elf-'));
    try {
      for (const content of ['', 'not a library', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1])]) {
        writeFileSync(path.join(folder, 'file'), content);
        assert.deepEqual(await neededLibraries(path.join(folder, 'file')), []);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the libraries of CUDA', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-cuda-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function find() {
    return findCudaLibraries({ enginePath, userFolder: folder, cacheFolder: path.join(folder, 'cache') });
  }

  it('are all named when none is there', async () => {
    const { missing, environment } = await find();
    for (const name of ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so', 'libcudnn.so.9'])
      assert.ok(missing.includes(name), `${name} in ${missing.join(', ')}`);
    assert.deepEqual(environment, {});
  });

  it('are those that the provider itself asks for', async () => {
    // Stands for the provider: an object that asks for a library of the user's folder, and for the system's.
    copyFileSync(
      path.join(binaries, 'onnxruntime_binding.node'),
      path.join(folder, 'libonnxruntime_providers_cuda.so'),
    );
    assert.deepEqual((await find()).missing, ['libonnxruntime_providers_shared.so']);
  });

  it('are found in the folders of Python packages, and put beside onnxruntime', async () => {
    const packages = path.join(folder, 'onnxruntime', 'capi');
    mkdirSync(packages, { recursive: true });
    mkdirSync(path.join(folder, 'nvidia', 'cudnn', 'lib'), { recursive: true });
    copyFileSync(
      path.join(binaries, 'onnxruntime_binding.node'),
      path.join(packages, 'libonnxruntime_providers_cuda.so'),
    );
    writeFileSync(path.join(folder, 'nvidia', 'cudnn', 'lib', 'libonnxruntime_providers_shared.so'), '');
    for (const attempt of ['the first time', 'again']) {
      const { missing, environment } = await find();
      assert.deepEqual(missing, [], attempt);
      const [beside, ...others] = environment.LD_LIBRARY_PATH?.split(':') ?? [];
      assert.equal(statSync(path.join(beside, 'libonnxruntime.so.1')).size, statSync(runtime).size);
      assert.ok(lstatSync(path.join(beside, 'libonnxruntime.so.1')).isFile(), 'no symbolic link, which leads back');
      assert.ok(statSync(path.join(beside, 'libonnxruntime_providers_cuda.so')).isFile());
      assert.ok(others.includes(packages));
    }
  });

  it('are put together once, however many windows ask for them, and left as they are', async () => {
    for (const name of ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'])
      copyFileSync(path.join(binaries, 'onnxruntime_binding.node'), path.join(folder, name));
    const answers = await Promise.all(Array.from({ length: 8 }, find));
    const places = new Set(answers.map(({ environment }) => environment.LD_LIBRARY_PATH?.split(':')[0]));
    assert.equal(places.size, 1);
    const [beside] = [...places] as string[];
    const inodes = () => readdirSync(beside).map(name => [name, lstatSync(path.join(beside, name)).ino]);
    const before = inodes();
    assert.equal(before.length, 3);
    await find();
    assert.deepEqual(inodes(), before);
  });
});
