// @ts-check
// A Vulkan driver in software, so that the WebGPU device is tested on machines without a GPU. Node built-ins only.

import { existsSync } from 'node:fs';
import { SetupError } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';

/** How the Vulkan loader finds SwiftShader, which Debian packs with Chromium. */
const driverDescription = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Installs SwiftShader.
 * @returns {string} absolute path of its description, for `VK_DRIVER_FILES` and `VK_ICD_FILENAMES`
 */
export function installSoftwareVulkan() {
  installDebianPackages([{ name: 'chromium-common' }, { name: 'libvulkan1' }], 'The WebGPU tests');
  if (!existsSync(driverDescription))
    throw new SetupError(`The WebGPU tests need ${driverDescription}, which chromium-common should hold.`);
  return driverDescription;
}
