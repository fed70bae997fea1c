/* global document */
import { openRun, pixelsOf } from './score.js';

const status = document.querySelector('[role=status]');
const chooser = document.querySelector('input');

function addRow(...cells) {
  const row = document.querySelector('tbody').insertRow();
  for (const cell of cells) row.insertCell().textContent = cell;
}

try {
  const { manifest, run } = await openRun('run');
  const { input, threshold } = manifest;
  chooser.addEventListener('change', async () => {
    for (const file of chooser.files) {
      try {
        const pixels = await pixelsOf(file, input.dims);
        const { score } = await run(pixels, [1, ...input.dims.slice(1)]);
        const [value] = score.data;
        addRow(file.name, value, value > threshold.value ? 'anomalous' : 'normal');
      } catch (error) {
        addRow(file.name, '', `not scored: ${error.message}`);
      }
    }
    status.textContent = 'Done. Nothing has left this machine.';
  });
  chooser.disabled = false;
  status.textContent = `Anomalous above ${threshold.value}.`;
} catch (error) {
  status.textContent = `It does not work: ${error.message}`;
}
