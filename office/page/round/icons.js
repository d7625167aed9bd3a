// Drawn, not written: many a box has no letters for pictures. Sizes follow the text.
import {svg} from '/page/html.js';

const PATHS = {
  report: 'M4 20h4L19 9l-4-4L4 16v4zM13 7l4 4',
  cases: 'M7 4h10a2 2 0 0 1 2 2v14H5V6a2 2 0 0 1 2-2zM9 10h6M9 14h6',
  alarms: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4',
  sent: 'M12 16V5M7 9l5-5 5 5M4 20h16',
  camera: 'M4 8h4l2-3h4l2 3h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  pin: 'M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
};

export const icon = (name) => svg`<svg class="drawn" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]}></path></svg>`;
