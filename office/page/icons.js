// Small drawings that need no font: machines in offices often have none with such signs.
import {html} from './html.js';

const PATHS = {
  home: 'M3 11 12 4l9 7M6 9.5V20h12V9.5M10 20v-6h4v6',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 21 21',
  bell: 'M6 16V10.5a6 6 0 0 1 12 0V16l2 2H4zM10 21h4M12 2.5v2',
  clipboard: 'M8 4H5v17h14V4h-3M8 2.5h8v4H8zM8 12l2.5 2.5L16 10M8 18h8',
  chart: 'M4 3v18h17M8 17v-5M13 17V7M18 17v-8',
  phone: 'M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2',
  video: 'M3 6h12v12H3zM15 10.5 21 7v10l-6-3.5',
  callback: 'M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2M14 3v5h5M20 2l-6 6',
  building: 'M4 21V4h10v17M14 9h6v12M2 21h20M7 8h1M10 8h1M7 12h1M10 12h1M7 16h1M10 16h1M17 13h.5M17 17h.5',
  calendar: 'M4 5h16v16H4zM4 10h16M8 3v4M16 3v4M8 14h3M13 14h3M8 17.5h3',
  swap: 'M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2',
  flag: 'M6 21V3M6 4h12l-3 4 3 4H6',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14a6.5 6.5 0 0 1 4 6',
  device: 'M7 2.5h10v19H7zM12 9a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M11 18.5h2',
  box: 'M3 8h18v11H3zM7 15h.01M11 15h6M8 8l-2-5M16 8l2-5',
  map: 'M3 6l6-2.5 6 2.5 6-2.5V18l-6 2.5L9 18l-6 2.5zM9 3.5V18M15 6v14.5',
  eye: 'M2 12s4-6.5 10-6.5S22 12 22 12s-4 6.5-10 6.5S2 12 2 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  sheet: 'M6 2.5h8l4 4v15H6zM14 2.5v4h4M9 12h6M9 16h6',
  out: 'M12 3v12M7.5 10.5 12 15l4.5-4.5M4 17v4h16v-4',
  key: 'M8 8.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 12.5h9v4M17 12.5v3',
  gear: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1',
  shield: 'M12 2.5 20 5.5V12c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V5.5zM8.5 12l2.5 2.5 4.5-5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 21a7.5 7.5 0 0 1 15 0',
};

export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name] || PATHS.sheet}></path></svg>`;
