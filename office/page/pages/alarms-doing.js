// What a clerk does about an alarm besides taking it: each a button, a short dialog, one request.
import {toast} from '../app.js';
import {get, post} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {dutyState} from '../duty-bar.js';
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {language, t} from '../words.js';
import {feed} from './alarms-feed.js';

// Whether the desk itself can bring a message to a phone.
const wayOut = () => (dutyState() || {}).way_out && dutyState().way_out !== 'none';
live.on('errand-text', (told) => toast(t(`al.text.${told.state}`, {name: told.name}), told.state === 'done' ? '' : 'bad'));

let offered = null; // sentences and colleagues; people change seldom

export function doing(id, ctx, changed) {
  const path = `/v1/alarms/${encodeURIComponent(id)}`;

  async function run(work) {
    try { return await work(); } catch (error) { ctx.fail(error); return null; }
  }

  // What a colleague took is done only after a question that names them.
  async function asked(send, values) {
    try { return await send(values); } catch (error) {
      if (error.error !== 'not-yours') throw error;
      if (!await sure({title: t('al.sure'), text: error.message})) return null;
      return send({...values, sure: true});
    }
  }

  const words = async () => { offered = await get('/v1/alarms/words'); return offered; };
  const named = (sentence) => (language === 'zh' ? sentence.zh : `${sentence.en} / ${sentence.zh}`).replace('{n}', '…');

  async function way() {
    const {sentences} = await run(words) || {sentences: []};
    if (!sentences.length) return;
    const fields = [
      {name: 'sentence', label: [t('al.say'), t('al.say')], kind: 'select', wide: true, hint: [t('al.wayHint'), t('al.wayHint')], options: [...sentences.map((one) => [one.key, named(one)]), ['', t('al.own')]]},
      {name: 'minutes', label: [t('al.minutes'), t('al.minutes')], kind: 'number', min: 0, max: 120},
      {name: 'text', label: [t('al.text'), t('al.text')], maxlength: 60, wide: true},
    ];
    const row = await formDialog({title: t('al.way'), fields, values: {sentence: sentences[0].key, minutes: 5}, ok: t('al.say'),
      submit: (values) => post(`${path}/way`, {sentence: values.text ? '' : values.sentence, minutes: values.minutes ?? 0, text: values.text})});
    if (row) changed(row);
  }

  async function close() {
    const reasons = ['real', 'false', 'test', 'drill'].map((key) => [key, t(`al.reason.${key}`)]);
    const fields = [
      {name: 'reason', label: [t('al.reason'), t('al.reason')], kind: 'select', required: true, options: [['', '—'], ...reasons]},
      {name: 'text', label: [t('al.closeText'), t('al.closeText')], kind: 'area', maxlength: 2000, wide: true},
    ];
    const answer = await formDialog({title: t('al.closeGo'), fields, ok: t('al.closeGo'), submit: (values) => asked((more) => post(`${path}/close`, more), values)});
    if (!answer || !answer.row) return;
    changed(answer.row);
    if (!answer.changed) ctx.toast(t('al.lostClosed', {name: answer.name}), 'bad');
    else ctx.go('alarms');
  }

  async function hand() {
    const {colleagues} = await run(words) || {colleagues: []};
    const options = colleagues.filter((one) => !one.warden && one.id !== feed.you).map((one) => [one.id, one.name]);
    const fields = [{name: 'to', label: [t('al.handTo'), t('al.handTo')], kind: 'select', required: true, options: [['', '—'], ...options]}];
    const row = await formDialog({title: t('al.hand'), fields, ok: t('al.handGo'), submit: (values) => asked((more) => post(`${path}/hand`, more), values)});
    if (row && row.id) changed(row);
  }

  async function send(row, values = {}) {
    const {colleagues} = await run(words) || {colleagues: []};
    const wardens = colleagues.filter((one) => one.warden).map((one) => [one.id, one.name]);
    const fields = [
      {name: 'account', label: [t('al.warden'), t('al.warden')], kind: 'select', options: [['', t('al.neighbour')], ...wardens], wide: true},
      {name: 'name', label: [t('al.name'), t('al.name')], maxlength: 40, hint: [t('al.sendHint'), t('al.sendHint')]},
      {name: 'phone', label: [t('al.phone'), t('al.phone')], kind: 'tel', maxlength: 20},
      ...(wayOut() ? [{name: 'text', label: [t('al.byText'), t('al.byText')], kind: 'check', wide: true}] : []),
    ];
    const start = {text: true, ...(values.phone || !wardens.length ? values : {account: wardens[0][0]})};
    const answer = await formDialog({title: t('al.send'), fields, values: start, ok: t('al.sendGo'), submit: (wanted) => post(`${path}/errands`, wanted)});
    if (!answer || !answer.link) return;
    changed(answer.row);
    openDialog({title: t('al.send'), view: () => html`${answer.texted ? html`<p class="good" role="status">${t('al.texting')}</p>` : nothing}<p>${t('al.link')}</p>
      <p><label class="unseen" for="errand-link">${t('al.link')}</label><input id="errand-link" readonly .value=${answer.link} @focus=${(event) => event.target.select()}></p>
      <div class="actions"><button class="main" @click=${() => navigator.clipboard.writeText(answer.link).then(() => ctx.toast(t('al.copied')), () => document.getElementById('errand-link').focus())}>${t('al.copy')}</button></div>`});
  }

  async function toCase(row) {
    if (!row || row.case) return;
    const answer = await run(() => post(`${path}/case`, {}));
    if (!answer) return;
    changed(answer.row);
    ctx.toast(t('al.madeCase', {number: answer.number}));
  }

  const simple = (what) => run(async () => changed(await post(`${path}/${what}`, {})));
  const recall = (errand) => run(async () => changed(await post(`/v1/errands/${errand}/revoke`, {})));

  async function keepNote(event) {
    event.preventDefault();
    const area = event.target.elements.note, text = area.value;
    const row = await run(() => post(`${path}/notes`, {text}));
    if (row) { area.value = ''; changed(row); }
  }

  // One page that checks itself without a network; the log notes who took it away.
  const takeProof = () => run(async () => {
    const url = URL.createObjectURL(await post(`${path}/proof`, {})), link = document.createElement('a');
    Object.assign(link, {href: url, download: `proof-${id}.html`}).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  });

  const caseButton = (row) => (row.case ? html`<a class="button" href="#/cases/${row.case}">${t('al.case', {number: row.case})}</a>` : html`<button @click=${() => toCase(row)}>${t('al.toCase')}</button>`);

  return {
    send, toCase,
    buttons: (row) => html`
      ${row.state === 'open' || row.origin !== 'gateway' ? nothing : html`<button class=${row.state === 'taken' ? 'main' : ''} @click=${way}>${t('al.way')}</button>`}
      ${row.origin === 'gateway' ? html`<button @click=${() => send(row)}>${t('al.send')}</button>` : nothing}
      ${row.state !== 'open' && row.rings.length ? html`<button class="main" @click=${() => simple('still')}>${t('al.still')}</button>` : nothing}
      ${row.state === 'open' ? nothing : html`<button @click=${hand}>${t('al.hand')}</button>`}
      ${caseButton(row)}
      <button class="danger" @click=${close}>${t('al.close')}</button>
      ${row.errands.filter((one) => ['sent', 'seen', 'accept'].includes(one.state)).map((one) => html`<button class="quiet" @click=${() => recall(one.id)}>${t('al.revoke')}: ${one.name || t('al.somebody')}</button>`)}`,
    after: (row) => caseButton(row),
    proof: () => (ctx.me.may.includes('proof.see') ? html`<button @click=${takeProof}>${t('al.evidence')}</button>` : nothing),
    noteForm: () => html`<form class="note-form" @submit=${keepNote}><label for="note-${id}">${t('al.note')}</label>
      <textarea id="note-${id}" name="note" rows="2" maxlength="2000" required></textarea><div class="actions"><button>${t('al.noteKeep')}</button></div></form>`,
  };
}
