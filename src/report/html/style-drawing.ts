/** The picture of a network in the page's colours. */
import { rulesBelow } from '../../graph/svg-style.js';

export const drawingStyle = `
.drawing{margin:.75rem 0;border:1px solid var(--line);border-radius:.25rem;background:var(--ground)}
.drawing .scroll{display:grid;grid-template-columns:minmax(min-content,1fr);justify-items:center;padding:.5rem}
.drawing .picture{display:block;max-width:100%;height:auto}
${rulesBelow('.picture')}
`;
