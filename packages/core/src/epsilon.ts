/** The ε of the paper's equations: what keeps a division by zero finite. */
export const epsilon = 1e-12;
