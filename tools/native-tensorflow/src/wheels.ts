// The wheels on PyPI that hold TensorFlow's C library and NVIDIA's, by file name and checksum. Any Python tag
// does, as nothing of Python's is taken: the library is the same in each.

export const tensorflowVersion = '2.21.0';

export interface Wheel {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Machine {
  /** As `process.platform` and `process.arch` have them. */
  readonly platform: string;
  readonly arch: string;
}

const cpu: Readonly<Partial<Record<string, Wheel>>> = {
  x64: {
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
  },
  // `tensorflow` itself is without CUDA on this architecture.
  arm64: {
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: 281_828_020,
  },
};

/** What `tensorflow[and-cuda]` needs, each the newest within its bounds when TensorFlow 2.21.0 was released. */
const gpu: readonly Wheel[] = [
  {
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    bytes: 572_440_367,
  },
  {
    file: 'nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '453611eb21a7c1f2c2156ed9f3a45b691deda0440ec550860290dc901af5b4c2',
    bytes: 581_242_350,
  },
  {
    file: 'nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl',
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    bytes: 10_814_997,
  },
  {
    file: 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    bytes: 40_546_229,
  },
  {
    file: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    bytes: 89_568_129,
  },
  {
    file: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    bytes: 3_493_179,
  },
  {
    file: 'nvidia_cudnn_cu12-9.19.0.56-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'ac6ad90a075bb33a94f2b4cf4622eac13dd4dc65cf6dd9c7572a318516a36625',
    bytes: 657_906_812,
  },
  {
    file: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    bytes: 200_877_592,
  },
  {
    file: 'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    bytes: 68_295_626,
  },
  {
    file: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    bytes: 338_117_415,
  },
  {
    file: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    bytes: 366_465_088,
  },
  {
    file: 'nvidia_nccl_cu12-2.29.7-py3-none-manylinux_2_18_x86_64.whl',
    sha256: 'ecd0a012051abc20c1aa87328841efa8cade3ced65803046e38c2f03c0891fea',
    bytes: 293_633_942,
  },
  {
    file: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    bytes: 39_748_338,
  },
];

/** TensorFlow's wheel first, then the CUDA libraries'. */
export function wheelsFor(
  { platform, arch }: Machine,
  options: { readonly gpu: boolean },
): readonly [Wheel, ...Wheel[]] {
  if (platform !== 'linux') {
    throw new Error(
      `This builds against TensorFlow's wheels for Linux; this machine is ${platform}. tfjs-node's own download serves macOS and Windows.`,
    );
  }
  const wheel = options.gpu ? (arch === 'x64' ? gpu[0] : undefined) : cpu[arch];
  if (wheel === undefined) {
    const there = options.gpu ? 'with CUDA for x64 only' : `for ${Object.keys(cpu).join(' and ')}`;
    throw new Error(`PyPI has TensorFlow ${tensorflowVersion} ${there}; this machine is ${arch}.`);
  }
  return [wheel, ...(options.gpu ? gpu.slice(1) : [])];
}

/** The `name==version` of a wheel, and pip's options that make it choose this file, whatever Python runs pip. */
export function pipWords({ file }: Wheel): readonly string[] {
  const [name = '', version = '', python = '', abi = '', platforms = ''] = file
    .replace(/\.whl$/, '')
    .split('-');
  return [
    `${name}==${version}`,
    '--no-deps',
    '--only-binary=:all:',
    ...['--implementation', python.slice(0, 2), '--abi', abi],
    ...['--python-version', python === 'py3' ? '3' : python.slice(2)],
    ...platforms.split('.').flatMap((platform) => ['--platform', platform]),
  ];
}
