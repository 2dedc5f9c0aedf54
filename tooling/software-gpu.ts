import { existsSync } from 'node:fs';

/** Drivers of Vulkan that compute on the processor, where systems and Chromium put them. */
const drivers = [
  process.env.VK_ICD_FILENAMES,
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

const driver = drivers.find((path) => path !== undefined && existsSync(path));

// Set before the first session on WebGPU is made: the loader of Vulkan looks once.
if (driver !== undefined) process.env.VK_ICD_FILENAMES = driver;

/** Whether tests can run WebGPU, if slowly, on any machine: with the driver that VK_ICD_FILENAMES names, or Chromium's. */
export const hasSoftwareGpu = driver !== undefined;
