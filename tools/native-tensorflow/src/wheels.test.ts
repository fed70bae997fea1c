import { expect, it } from 'vitest';
import { pipWords, wheelsFor } from './wheels.ts';

it.each([
  { platform: 'darwin', arch: 'arm64', gpu: false, says: /for Linux; this machine is darwin/ },
  { platform: 'win32', arch: 'x64', gpu: true, says: /for Linux; this machine is win32/ },
  { platform: 'linux', arch: 'riscv64', gpu: false, says: /for x64 and arm64.*riscv64/ },
  { platform: 'linux', arch: 'arm64', gpu: true, says: /with CUDA for x64 only.*arm64/ },
])('refuses $platform on $arch, gpu: $gpu', ({ says, gpu, ...machine }) => {
  expect(() => wheelsFor(machine, { gpu })).toThrow(says);
});

it("takes what TensorFlow's and-cuda extra names", () => {
  const names = wheelsFor({ platform: 'linux', arch: 'x64' }, { gpu: true }).map(
    ({ file }) => file.split('-')[0],
  );
  // From the METADATA of the wheel.
  const cuda = 'cublas cuda_cupti cuda_nvcc cuda_nvrtc cuda_runtime cudnn cufft curand cusolver';
  const parts = [...cuda.split(' '), 'cusparse', 'nccl', 'nvjitlink'];
  expect(names).toEqual(['tensorflow', ...parts.map((part) => `nvidia_${part}_cu12`)]);
});

it('pins each file', () => {
  for (const gpu of [false, true]) {
    for (const { file, sha256, bytes } of wheelsFor({ platform: 'linux', arch: 'x64' }, { gpu })) {
      expect(sha256, file).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes, file).toBeGreaterThan(1e6);
    }
  }
});

it("asks pip for one file, whatever pip's own Python", () => {
  const file = 'a_b-1.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl';
  const words = pipWords({ file, sha256: '', bytes: 0 }).join(' ');
  expect(words).toContain('a_b==1.2 --no-deps');
  expect(words).toContain('--implementation py --abi none --python-version 3 ');
  expect(words).toContain('--platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64');
});
