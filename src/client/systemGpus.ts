// The graphics processors and drivers that the system lists, without asking any of them. Runs in the parent of the engine.

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface SystemGpus {
  /** A name, or maker and number, for each. */
  readonly gpus: readonly string[];
  /** What a GPU is reached by, as far as it can be told: versions, files. For comparing only. */
  readonly drivers: readonly string[];
}

/** What the system lists; empty lists where it tells nothing. */
export function systemGpus(): Promise<SystemGpus> {
  if (process.platform === 'linux') return linuxGpus();
  if (process.platform === 'win32') return windowsGpus();
  // Apple's processors hold their GPU, and the system's version is that of its driver.
  return Promise.resolve({ gpus: [`${os.cpus()[0]?.model ?? 'unknown'} GPU`], drivers: [] });
}

const makers: Readonly<Record<string, string>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
  '0x1af4': 'virtio',
  '0x15ad': 'VMware',
  '0x1414': 'Microsoft',
};

const pciFolder = '/sys/bus/pci/devices';
const nvidiaFolder = '/proc/driver/nvidia';
const vulkanFolders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const vulkanVariables = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];

async function linuxGpus(): Promise<SystemGpus> {
  const pci = await Promise.all((await names(pciFolder)).map(name => pciGpu(path.join(pciFolder, name))));
  const nvidiaNames = await nvidiaGpus();
  const listed = pci.filter(gpu => gpu !== undefined);
  const isNamed = (gpu: string) => gpu.startsWith('NVIDIA') && nvidiaNames.length > 0;
  const gpus = [...listed.filter(gpu => !isNamed(gpu)), ...nvidiaNames];
  if ((await names('/dev')).includes('dxg')) gpus.push('the GPU of Windows (/dev/dxg)');
  const vulkan = await Promise.all(vulkanFolders.map(names));
  const nvidiaVersion = (await text(path.join(nvidiaFolder, 'version'))).split('\n')[0];
  const chosen = vulkanVariables.map(name => process.env[name] ?? '');
  return { gpus, drivers: [nvidiaVersion, ...vulkan.flat(), ...chosen].filter(Boolean) };
}

/** The device in a PCI folder when it is a display controller. */
async function pciGpu(folder: string): Promise<string | undefined> {
  const [kind, vendor, device] = await Promise.all(
    ['class', 'vendor', 'device'].map(name => text(path.join(folder, name))),
  );
  if (!kind.startsWith('0x03')) return undefined;
  return `${makers[vendor] ?? vendor} ${device}`;
}

async function nvidiaGpus(): Promise<string[]> {
  const folder = path.join(nvidiaFolder, 'gpus');
  const files = (await names(folder)).map(name => text(path.join(folder, name, 'information')));
  return (await Promise.all(files)).flatMap(information => /^Model:\s*(.+)$/m.exec(information)?.[1] ?? []);
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort();
}

async function text(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}

/** The first request waits for the list; a registry that does not answer is an empty one. */
const listingLimitMs = 3000;

const displayAdapters = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}`;

async function windowsGpus(): Promise<SystemGpus> {
  const query = (value: string) =>
    new Promise<string>(resolve =>
      execFile(
        'reg.exe',
        ['query', displayAdapters, '/s', '/v', value],
        { timeout: listingLimitMs },
        (_error, output) => resolve(output),
      ),
    );
  const [descriptions, versions] = await Promise.all([query('DriverDesc'), query('DriverVersion')]);
  return { gpus: registryValues(descriptions), drivers: registryValues(versions) };
}

/** The values of what `reg query /v` prints. A key that may not be read stands among the others as a line of its own. */
export function registryValues(output: string): string[] {
  return [...output.matchAll(/^\s+\S+\s+REG_SZ\s+(.+?)\s*$/gm)].map(([, value]) => value).sort();
}
