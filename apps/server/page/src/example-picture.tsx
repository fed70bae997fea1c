// Pictures that the artifact keeps of samples and memory items.

import type { ExampleKind, ExampleSummary, ModelDescription } from './answers.ts';

interface ExampleProps {
  readonly model: ModelDescription;
  readonly kind: ExampleKind;
  readonly index: number;
}

/** Of a clip the frame that it stands for, unless another is named. */
export function pictureAddress(
  { model: { name, version }, kind, index }: ExampleProps,
  picture: number,
): string {
  return `/models/${name}/versions/${version}/examples/${kind}/${index}/${picture}`;
}

export function ExamplePicture({
  example: { key, pictures },
  alt,
  ...place
}: ExampleProps & { readonly example: ExampleSummary; readonly alt: string }) {
  if (pictures === 0) return null;
  const address = pictureAddress(place, Math.floor(pictures / 2));
  return <img class="pixels" src={address} alt={alt} title={key} loading="lazy" />;
}
