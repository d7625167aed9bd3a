// A guide or a form that the kiosk's screen shows while one talks about it.
import {get} from '../ask.js';
import {html, nothing} from '../html.js';
import {said, t} from '../words.js';

export function makeShow(talk, card) {
  let guides = [];
  get('/v1/guides').then((found) => { guides = found; }, () => {}); // without the list an id does

  const choices = () => {
    const open = card();
    const known = guides.map((one) => [one.id, said(one.title)]);
    return open && open.guide && !known.some(([id]) => id === open.guide) ? [[open.guide, open.guide_title || open.guide], ...known] : known;
  };
  const name = (id) => (choices().find(([one]) => one === id) || [id, id])[1];
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target), guide = (form.get('guide') || '').trim();
    if (guide) talk().show(guide, Math.max(0, Number(form.get('card') || 1) - 1));
  };

  return {
    view: (talks) => html`<section class="card"><h2>${t('call.show')}</h2>
      ${talk().trouble === 'guide' ? html`<p class="bad" role="alert">${t('call.cannot.guide')}</p>` : nothing}
      ${talk().shown ? html`<p role="status">${t('call.showing', {name: name(talk().shown)})} <button @click=${() => talk().show('')}>${t('call.showEnd')}</button></p>` : nothing}
      <form class="show-form" @submit=${submit}>
        <div><label for="call-guide">${t('call.showWhat')}</label><input id="call-guide" name="guide" list="call-guides" maxlength="64" autocomplete="off"><datalist id="call-guides">${choices().map(([id, title]) => html`<option value=${id}>${title}</option>`)}</datalist></div>
        <div><label for="call-card">${t('call.card')}</label><input id="call-card" name="card" type="number" min="1" max="20" value="1"></div>
        <button ?disabled=${!talks}>${t('call.showIt')}</button></form></section>`,
  };
}
