// The district's sheet: checked whole, and nothing changes until it is confirmed.
import {ask} from '../ask.js';
import {html, nothing} from '../html.js';
import {said, t} from '../words.js';

export function openImport(ctx) {
  let content = null, checked = null, refused = null;

  async function send(confirm) {
    try {
      checked = await ask('POST', `/v1/cases/import${confirm ? `?confirm=${checked.mark}` : ''}`, content, 'text/csv');
      refused = null;
    } catch (error) { refused = error; checked = null; }
    ctx.redraw();
  }

  async function chosen(event) {
    const file = event.target.files[0];
    if (!file) return;
    content = await file.arrayBuffer();
    await send(false);
  }

  return {
    close() {},
    view: () => html`
      <p class="crumb"><a href="#/cases">← ${t('case.back')}</a></p>
      <h1>${t('caseIn.title')}</h1>
      <section class="card"><label for="i-file">${t('caseIn.file')}</label><input id="i-file" type="file" accept=".csv,text/csv" @change=${chosen}>
        ${refused ? html`<p class="bad" role="alert">${refused.message}</p>` : nothing}
        <div role="status">${!checked ? nothing : checked.done ? html`<p class="good">${t('caseIn.done', {n: checked.new})}</p>` : html`
          <p>${t('caseIn.checked', {rows: checked.rows, fresh: checked.new, known: checked.known})}</p>
          ${checked.bad.length ? html`<p class="bad">${t('caseIn.bad', {n: checked.bad.length})}</p>` : html`<button class="main" @click=${() => send(true)}>${t('caseIn.confirm', {n: checked.new})}</button>`}`}</div>
        ${checked && checked.bad.length ? html`<div class="scroll" tabindex="0"><table><caption class="unseen">${t('caseIn.why')}</caption><thead><tr><th scope="col" class="number">${t('caseIn.row')}</th><th scope="col">${t('caseIn.field')}</th><th scope="col">${t('caseIn.why')}</th></tr></thead>
          <tbody>${checked.bad.map((bad) => html`<tr><td class="number">${bad.row}</td><td>${bad.field}</td><td>${said(bad)}</td></tr>`)}</tbody></table></div>` : nothing}
      </section>`,
  };
}
