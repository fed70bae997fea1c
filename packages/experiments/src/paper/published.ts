// What the paper's tables say, as data, so that our figures can stand beside them.

/** One row of a published table. */
export interface PublishedRow {
  /** The method as the paper names it. */
  readonly title: string;
  /** The method here that it stands beside, where there is one. */
  readonly method?: string;
  /** Where memory sizes are studied, the number of items that its figures are of. */
  readonly slots?: number;
  /** The measures' ids, as trials report them, each with the published figure. */
  readonly figures: Readonly<Record<string, number>>;
  /** Whether it was held against a public source; if not, it is as we recall the paper. */
  readonly checked: boolean;
}

/** One table of the paper, the rows of each data set in its order. */
export interface PublishedTable {
  readonly source: string;
  readonly data: Readonly<Record<string, readonly PublishedRow[]>>;
}

const paper =
  'D. Gong et al., “Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder for ' +
  'Unsupervised Anomaly Detection”, ICCV 2019, arXiv:1904.02639';

/** Which rows are methods of ours. */
const methodOf: Readonly<Record<string, string>> = {
  AE: 'ae',
  VAE: 'vae',
  'AE-ℓ1': 'ae-l1',
  'MemAE-nonSpar': 'memae-nonspar',
  'MemAE without shrinkage': 'memae-without-shrinkage',
  'MemAE without entropy loss': 'memae-without-entropy',
  MemAE: 'memae',
};

/** Rows whose figures were found again in public sources. */
const checkedTitles = ['AE', 'MemAE-nonSpar', 'MemAE', 'DAGMM', 'AE-Conv3D'];

/** A method's short name, as the paper has it. */
export function labelOf(method: string): string {
  return Object.keys(methodOf).find((title) => methodOf[title] === method) ?? method;
}

function row(title: string, figures: PublishedRow['figures']): PublishedRow {
  const method = methodOf[title];
  return { title, ...(method && { method }), figures, checked: checkedTitles.includes(title) };
}

function column(measure: string, figures: Readonly<Record<string, number>>): PublishedRow[] {
  return Object.entries(figures).map(([title, value]) => row(title, { [measure]: value }));
}

/** Mean AUROC over ten one-class data sets a source. */
export const publishedImages: PublishedTable = {
  source: `${paper}, Table 1`,
  data: {
    mnist: column('auroc', {
      'OC-SVM': 0.9499,
      KDE: 0.8116,
      VAE: 0.9643,
      PixelCNN: 0.6141,
      DSEBM: 0.9554,
      AE: 0.9619,
      'MemAE-nonSpar': 0.9725,
      MemAE: 0.9751,
    }),
    cifar10: column('auroc', {
      'OC-SVM': 0.5619,
      KDE: 0.5756,
      VAE: 0.5725,
      PixelCNN: 0.545,
      DSEBM: 0.5725,
      AE: 0.5706,
      'MemAE-nonSpar': 0.6058,
      MemAE: 0.6088,
    }),
  },
};

/** Frame-level AUROC, micro, scores normalised within each video. */
export const publishedVideos: PublishedTable = {
  source: `${paper}, Table 2`,
  data: {
    'ucsd-ped2': column('microNormalised', {
      'Frame-Pred': 0.9537,
      'AE-Conv2D': 0.8502,
      'AE-Conv3D': 0.9117,
      TSC: 0.9103,
      StackRNN: 0.9221,
      AE: 0.917,
      'MemAE-nonSpar': 0.9293,
      MemAE: 0.941,
    }),
    avenue: column('microNormalised', {
      'Frame-Pred': 0.849,
      'AE-Conv2D': 0.8,
      'AE-Conv3D': 0.7711,
      TSC: 0.8056,
      StackRNN: 0.8171,
      AE: 0.8103,
      'MemAE-nonSpar': 0.8212,
      MemAE: 0.8328,
    }),
    'shanghai-tech': column('microNormalised', {
      'Frame-Pred': 0.7277,
      'AE-Conv2D': 0.6085,
      TSC: 0.6794,
      StackRNN: 0.68,
      AE: 0.6971,
      'MemAE-nonSpar': 0.6882,
      MemAE: 0.7116,
    }),
  },
};

/** Precision, recall and F1 over 20 runs, an anomaly being the positive class. */
export const publishedIntrusion: PublishedTable = {
  source: `${paper}, Table 3`,
  data: {
    kddcup99: (
      [
        ['OC-SVM', 0.7457, 0.8523, 0.7954],
        ['DCN', 0.7696, 0.7829, 0.7762],
        ['DSEBM', 0.8521, 0.6472, 0.7328],
        ['DAGMM', 0.9297, 0.9442, 0.9369],
        ['AE', 0.9328, 0.9356, 0.9342],
        ['MemAE-nonSpar', 0.9341, 0.9368, 0.9355],
        ['MemAE', 0.9627, 0.9655, 0.9641],
      ] as const
    ).map(([title, precision, recall, f1]) =>
      row(title, {
        precisionAtRatio: precision,
        recallAtRatio: recall,
        f1AtRatio: f1,
      }),
    ),
  },
};

/** The ablation on UCSD Ped2. */
export const publishedAblation: PublishedTable = {
  source: `${paper}, Table 4`,
  data: {
    'ucsd-ped2': column('microNormalised', {
      AE: 0.917,
      'AE-ℓ1': 0.9286,
      'MemAE-nonSpar': 0.9293,
      'MemAE without shrinkage': 0.9324,
      'MemAE without entropy loss': 0.9372,
      MemAE: 0.941,
    }),
  },
};

/** The curve itself has no figures in print; its point at N = 2000 is Table 2's. */
export const publishedMemorySize: PublishedTable = {
  source: `${paper}, Figure 7`,
  data: { 'ucsd-ped2': [{ ...row('MemAE', { microNormalised: 0.941 }), slots: 2000 }] },
};
