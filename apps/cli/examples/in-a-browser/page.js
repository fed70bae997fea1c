/* global document */
import { openRun, pixelsOf } from './score.js';

const status = document.querySelector('[role=status]');
const chooser = document.querySelector('input');
try {
  const { manifest, run } = await openRun('run');
  const { input, threshold } = manifest;
  chooser.addEventListener('change', async () => {
    for (const file of chooser.files) {
      const pixels = await pixelsOf(file, input.dims);
      const { score } = await run(pixels, [1, ...input.dims.slice(1)]);
      const [value] = score.data;
      const row = document.querySelector('tbody').insertRow();
      row.insertCell().textContent = file.name;
      row.insertCell().textContent = String(value);
      row.insertCell().textContent = value > threshold.value ? 'anomalous' : 'normal';
    }
    status.textContent = 'Done. Nothing has left this machine.';
  });
  chooser.disabled = false;
  status.textContent = `Anomalous above ${threshold.value}.`;
} catch (error) {
  status.textContent = `It does not work: ${error.message}`;
}
