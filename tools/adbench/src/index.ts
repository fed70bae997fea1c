export { type DrawnRows, drawRows } from './draw-rows.ts';
export { type LabelledTable, readAdbench } from './read-adbench.ts';
export { type TableScores, scoreTable } from './score-table.ts';
