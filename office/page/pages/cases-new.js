// A call is typed in while it is heard: words, where, done. Keyboard only, if one likes.
// #/cases/new/camera/N/DEVICE: filled in from what a camera said.
import {get, post} from '../ask.js';
import {html, nothing} from '../html.js';
import {t} from '../words.js';
import {lookAtPicture} from './devices-look.js';
import {loadVocabulary, options, shown, sourceName, words} from './cases-words.js';

const TYPED = ['hotline', 'weibo', 'wechat', 'weishi'];
const pick = (both) => both[document.documentElement.lang === 'en' ? 1 : 0];

export function openNew(ctx, [from, heard, ...device] = []) {
  let key = crypto.randomUUID(), found = [], refused = null, busy = false, made = null, later = 0, seen = null;
  loadVocabulary().then(() => { ctx.redraw(); focus(); }, ctx.fail);

  if (from === 'camera') get(`/v1/cases/camera?${new URLSearchParams({event: heard, device: device.join('/')})}`).then((draft) => { seen = draft; ctx.redraw(); focus(); }, ctx.fail);

  const focus = () => requestAnimationFrame(() => { const at = document.getElementById('n-words'); if (at) at.focus(); });

  function search(text) {
    clearTimeout(later);
    later = setTimeout(async () => {
      try { found = text.trim().length > 1 ? await get(`/v1/register/find?limit=6&text=${encodeURIComponent(text.trim())}`) : []; } catch { found = []; }
      ctx.redraw();
    }, 200);
  }

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target), chosen = found.find((one) => `${one.what}:${one.id}` === form.get('spot'));
    const where = chosen ? {pole: chosen.pole || '', place: chosen.what === 'place' ? chosen.id : '', place_words: chosen.words}
      : seen && seen.place_words === form.get('where') ? {pole: seen.pole, place: seen.place, place_words: seen.place_words} : {place_words: form.get('where') || ''};
    busy = true; refused = null; ctx.redraw();
    try {
      made = await post('/v1/cases', {key, words: form.get('words'), kind: form.get('kind'), source: form.get('source'), phone: form.get('phone') || '', ...where, ...(seen ? {source: 'camera', event: Number(heard), device: seen.device} : {})});
      const department = form.get('department');
      if (department) await post(`/v1/cases/${made.number}/steps`, {action: 'dispatch', version: 1, department});
    } catch (error) { refused = error; }
    busy = false; ctx.redraw();
    if (refused) requestAnimationFrame(() => { const at = document.getElementById(`n-${refused.field}`); if (at) at.focus(); });
  }

  const keys = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
    if (event.key === 'Escape') ctx.go('cases');
  };
  const fault = (name) => (refused && refused.field === name ? html`<p class="field-bad" role="alert">${refused.message}</p>` : nothing);
  const select = (name, label, all, chosen = '') => html`<div><label for="n-${name}">${label}</label><select id="n-${name}" name=${name}>${all.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${pick(text)}</option>`)}</select>${fault(name)}</div>`;

  const done = () => html`<section class="card"><h1>${t('case.made', {number: ''})}</h1><p>${t('case.tell')}</p><p class="huge">${made.shown}</p>
    ${refused ? html`<p class="bad" role="alert">${refused.message}</p>` : nothing}
    <div class="actions"><button class="main" autofocus @click=${() => { made = null; seen = null; found = []; refused = null; key = crypto.randomUUID(); ctx.redraw(); focus(); }}>${t('case.another')}</button><a class="button" href="#/cases/${made.number}">${t('case.look')}</a></div></section>`;

  return {
    close() { clearTimeout(later); },
    view: () => (made ? done() : html`
      <p class="crumb"><a href="#/cases">← ${t('case.back')}</a></p>
      <h1>${t('case.newTitle')}</h1>
      ${seen ? html`<p class="actions"><span class="badge">${sourceName('camera')} ${seen.gateway} / ${seen.device}</span>${seen.picture && ctx.me.may.includes('camera.look') ? html`<button type="button" @click=${() => lookAtPicture(ctx, seen.picture)}>${t('case.look1')}</button>` : nothing}</p>` : nothing}<p class="hint">${t('case.keys')}</p>
      ${refused && !refused.field ? html`<p class="bad" role="alert">${refused.message}</p>` : nothing}
      <form class="card form" @submit=${submit} @keydown=${keys} novalidate>
        <div class="wide"><label for="n-words">${t('case.caller')} <span aria-hidden="true">*</span></label><textarea id="n-words" name="words" rows="4" .value=${seen ? seen.words : ''} maxlength="4000" aria-required="true" aria-invalid=${refused && refused.field === 'words' ? 'true' : nothing}></textarea>${fault('words')}</div>
        <div class="wide"><label for="n-where">${t('case.placeFind')}</label><input id="n-where" name="where" .value=${seen ? seen.place_words : ''} maxlength="200" autocomplete="off" @input=${(event) => search(event.target.value)}>
          ${found.length ? html`<fieldset class="choices"><legend class="unseen">${t('case.place')}</legend>
            ${found.map((one, n) => html`<label class="check"><input type="radio" name="spot" value="${one.what}:${one.id}" ?checked=${n === 0}><span>${one.words}${one.pole ? html` <span class="badge">${one.pole}</span>` : nothing} <span class="hint">${one.nearby}</span></span></label>`)}
            <label class="check"><input type="radio" name="spot" value=""><span class="hint">${t('case.placeNone')}</span></label></fieldset>` : nothing}</div>
        ${select('kind', t('case.kind'), options(words().kinds), 'other')}
        ${select('department', t('case.dispatchTo'), options(words().departments, [t('case.anyone'), t('case.anyone')]))}
        <div><label for="n-phone">${t('case.phone')}</label><input id="n-phone" name="phone" type="tel" maxlength="32" autocomplete="off">${fault('phone')}</div>
        ${seen ? nothing : select('source', t('case.source'), TYPED.map((one) => [one, [sourceName(one), sourceName(one)]]), 'hotline')}
        <div class="actions wide"><button class="main" ?disabled=${busy}>${t('case.save')}</button></div>
      </form>`),
  };
}
