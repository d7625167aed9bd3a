// Cases: the list, one case, a new one, an import. F8 begins a new one from anywhere.
import {on, watch} from '../live.js';
import {t} from '../words.js';
import {openImport} from './cases-import.js';
import {openList} from './cases-list.js';
import {openNew} from './cases-new.js';
import {openCase} from './cases-one.js';
import {shown} from './cases-words.js';

const SPECIAL = {new: openNew, import: openImport};

window.addEventListener('keydown', (event) => {
  if (event.key === 'F8' && document.querySelector('header.top') && !document.querySelector('dialog[open]')) {
    event.preventDefault();
    location.hash = '#/cases/new';
  }
});

function part(args, ctx) {
  const [what] = args;
  if (!what) return openList(ctx);
  return SPECIAL[what] ? SPECIAL[what](ctx, args.slice(1)) : openCase(what.replace(/\D/g, '').padEnd(9, '0').slice(0, 9), ctx);
}

export const cases = {
  path: 'cases', may: 'cases.see', title: ['案件', 'Cases'], icon: 'clipboard',
  open(ctx) {
    let shownPart = part(ctx.args, ctx), line = '';
    const back = watch((now) => { // what was said while the line was gone is missing here
      if (now === 'up' && line === 'down' && shownPart.load) shownPart.load();
      line = now;
    });
    const ends = on('case-due', (one) => ctx.toast(t(one.kind === 'overdue' ? 'case.due2' : 'case.due1', {number: shown(one.number)}), one.kind === 'overdue' ? 'bad' : ''));
    return {
      follow(args) { shownPart.close(); shownPart = part(args, ctx); },
      close() { ends(); back(); shownPart.close(); },
      view: () => shownPart.view(),
    };
  },
};
