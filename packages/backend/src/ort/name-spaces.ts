// In a program an input, a parameter and an output may share a name; in an ONNX model they may not.

import { type Program, isParameter, parameter, rewrite, assemble } from '@memae/graph';

const parameterPrefix = 'parameter:';
const outputPrefix = 'output:';

/** The same program, parameters and outputs named apart from the inputs. */
export function withNameSpaces(program: Program): Program {
  const named = rewrite(program, (tensor) =>
    isParameter(tensor)
      ? parameter(parameterPrefix + tensor.op.name, tensor.op.initial)
      : undefined,
  );
  return assemble({
    ...named,
    outputs: Object.fromEntries(
      Object.entries(named.outputs).map(([name, tensor]) => [outputName(name), tensor]),
    ),
  });
}

export function outputName(name: string): string {
  return outputPrefix + name;
}

export function parameterName(name: string): string {
  return parameterPrefix + name;
}
