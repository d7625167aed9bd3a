// To whom a call is handed on, with who is free.
import {openDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import {said, since, t} from '../words.js';
import {seen, watchBoard} from './calls-board.js';
import {inCall, transfer} from './calls-mine.js';
import {whoAmI} from './calls-there.js';

export function transferDialog(call) {
  let busy = false, box = null;
  const ends = watchBoard(() => box && (inCall() ? box.redraw() : box.close()));

  async function give(to) {
    busy = true; box.redraw();
    const given = await transfer(to);
    busy = false;
    if (given) box.close(); else box.redraw();
  }

  const state = (one) => (!one.open ? t('call.closedNow') : !one.there ? t('call.nobodyThere') : one.free ? t('call.free', one) : t('call.waitsN', {n: one.waiting}));
  box = openDialog({
    title: t('call.transfer'), closed: ends,
    view: () => {
      const people = seen.board.clerks.filter((one) => one.account !== whoAmI());
      const departments = seen.board.departments.filter((one) => one.id !== call.department);
      return html`<h3>${t('call.toClerk')}</h3>
        ${people.length ? html`<ul class="near">${people.map((one) => html`<li><span><strong>${one.name}</strong> <span class="hint">${one.departments.map((id) => said(seen.board.departments.find((d) => d.id === id)) || id).join('、')}</span> <span class="badge ${one.free ? 'good' : 'warn'}">${t(one.free ? 'call.isFree' : 'call.isBusy')}</span></span>
          <button ?disabled=${busy || !one.free} aria-label="${t('call.pass')} ${one.name}" @click=${() => give({clerk: one.account})}>${t('call.pass')}</button></li>`)}</ul>` : html`<p class="hint">${t('call.nobodyFree')}</p>`}
        <h3 class="gap">${t('call.toDepartment')}</h3>
        <ul class="near">${departments.map((one) => html`<li><span><strong>${said(one)}</strong> <span class="badge ${one.free && one.open ? 'good' : 'warn'}">${state(one)}</span>${one.wait_s ? html` <span class="hint">${t('call.d.wait')} ${since(0, one.wait_s * 1000)}</span>` : nothing}</span>
          <button ?disabled=${busy || !one.open || !one.there} aria-label="${t('call.pass')} ${said(one)}" @click=${() => give({department: one.id})}>${t('call.pass')}</button></li>`)}</ul>`;
    },
  });
  return box;
}
