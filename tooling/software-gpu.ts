import { existsSync } from 'node:fs';

/** Drivers of Vulkan that compute on the processor, where systems and Chromium put them. */
const drivers = [
  process.env.VK_ICD_FILENAMES,
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/** The loader, which Chromium does not bring. */
const loaders = ['lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu', 'lib64', 'lib'].map(
  (folder) => `/usr/${folder}/libvulkan.so.1`,
);

const driver = loaders.some(existsSync) ? drivers.find((path) => path !== undefined && existsSync(path)) : undefined;

// Set before the first session on WebGPU is made: the loader of Vulkan looks once.
if (driver !== undefined) process.env.VK_ICD_FILENAMES = driver;

/** Whether tests can run WebGPU, if slowly, on any machine: with the driver that VK_ICD_FILENAMES names, or Chromium's. */
export const hasSoftwareGpu = driver !== undefined;
