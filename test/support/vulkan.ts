// Which Vulkan driver the engine processes of a test find: the software one that `npm test` names, none, or a broken one.

import assert from 'node:assert/strict';

const variables = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'] as const;

/** `description`: absolute path of what describes a driver. Returns what puts the environment back. */
export function useVulkanDriver(description: string): () => void {
  const before = variables.map(name => process.env[name]);
  for (const name of variables) process.env[name] = description;
  return () => {
    for (const [index, name] of variables.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** SwiftShader: a real Vulkan driver, in software. Results are those of a GPU in fp32, slowly. */
export function useSoftwareVulkan(): () => void {
  const driver = process.env.HEADLIGHT_VULKAN_ICD;
  assert.ok(driver, 'npm test names a Vulkan driver in HEADLIGHT_VULKAN_ICD');
  return useVulkanDriver(driver);
}

/** As on a machine without a graphics processor. */
export function useNoVulkan(): () => void {
  return useVulkanDriver('/nowhere.json');
}
