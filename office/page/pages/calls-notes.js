// What the clerk writes down. It is nowhere but on this page, until one key makes it a case.
import {html, nothing} from '../html.js';
import {said, t} from '../words.js';
import {mine, toCase} from './calls-mine.js';
import {caseNumber, caseWords} from './calls-words.js';

export function makeNotes(ctx, card) {
  let busy = false, refused = null;
  const put = (name) => (event) => { mine.call.notes[name] = event.target.value; };
  const first = (call) => (card() && card().guide ? t('call.caseGuide', {guide: card().guide_title || card().guide}) : t('call.caseFrom', {kiosk: call.kiosk}));

  async function keep(event) {
    if (event) event.preventDefault();
    const {call} = mine;
    if (busy || !call || !call.id) return;
    const {title, text, phone, department} = call.notes;
    busy = true; refused = null; ctx.redraw();
    try {
      await toCase({title: title.trim() || first(call), text, phone, department: department || call.department});
    } catch (error) { refused = error; ctx.fail(error); }
    busy = false; ctx.redraw();
  }

  const fault = (name) => (refused && refused.field === name ? html`<p class="field-bad" role="alert">${refused.message}</p>` : nothing);

  return {
    keep: () => keep(),
    view: (call, departments) => html`<section class="card"><h2>${t('call.notes')}</h2>
      ${call.cases.map((one) => html`<p class="good" role="status">${t('call.caseMade')} <strong class="big">${caseNumber(one.number)}</strong>
        ${mine.talk && call.state !== 'ended' ? html`<button @click=${() => mine.talk.text(caseWords(one.number))}>${t('call.tellNumber')}</button>` : nothing}</p>`)}
      <form class="form notes-form" @submit=${keep} novalidate>
        <div class="wide"><label for="note-title">${t('call.noteTitle')}</label><input id="note-title" maxlength="200" autocomplete="off" placeholder=${first(call)} .value=${call.notes.title} @input=${put('title')}>${fault('title')}</div>
        <div class="wide"><label for="note-text">${t('call.noteText')}</label><textarea id="note-text" rows="3" maxlength="4000" .value=${call.notes.text} @input=${put('text')}></textarea>${fault('text')}</div>
        <div><label for="note-phone">${t('call.notePhone')}</label><input id="note-phone" type="tel" maxlength="32" autocomplete="off" .value=${call.notes.phone} @input=${put('phone')}>${fault('phone')}</div>
        <div><label for="note-department">${t('call.noteDept')}</label><select id="note-department" @change=${put('department')}>${departments.map((one) => html`<option value=${one.id} ?selected=${one.id === (call.notes.department || call.department)}>${said(one)}</option>`)}</select></div>
        <div class="actions wide"><button ?disabled=${busy || !call.id}>${t('call.toCase')}</button><span class="hint">${t('call.notesHint')}</span></div>
      </form></section>`,
  };
}
