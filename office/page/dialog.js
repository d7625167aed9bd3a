// Dialogs: the browser's own <dialog>. It holds the keyboard inside, Escape closes it, and the keyboard goes back to where it was.
//
//   const box = openDialog({title: '…', view: (box) => html`…`, closed: (result) => {}});   box.redraw();   box.close(result)
//   if (await sure({title: '…', text: '…', yes: '…', danger: true})) …
//   const answer = await formDialog({title: '…', fields, values, submit: async (values) => post(…)});      // null: closed without
//   A dialog that must not be left half done: openDialog({…, holds: true}) — then Escape does nothing.
import {makeForm} from './form.js';
import {html, nothing, render} from './html.js';
import {addWords, t} from './words.js';

addWords({
  'dialog.close': ['关闭', 'Close'],
  'dialog.cancel': ['取消', 'Cancel'],
  'dialog.yes': ['确定', 'OK'],
});

let count = 0;

export function openDialog({title, view, closed = () => {}, holds = false}) {
  const element = document.createElement('dialog'), before = document.activeElement, name = `dialog-${count += 1}`;
  element.setAttribute('aria-labelledby', name);
  document.body.append(element);
  let over = false;
  const box = {
    redraw() { if (!over) render(frame(), element); },
    close(result = null) {
      if (over) return;
      over = true;
      element.close();
      element.remove();
      if (before && before.isConnected) before.focus();
      closed(result);
    },
  };
  const frame = () => html`
    <div class="dialog-head"><h2 id=${name}>${title}</h2>
      ${holds ? nothing : html`<button type="button" class="quiet" aria-label=${t('dialog.close')} @click=${() => box.close()}>✕</button>`}</div>
    ${view(box)}`;
  element.addEventListener('cancel', (event) => { event.preventDefault(); if (!holds) box.close(); });
  window.addEventListener('linli-left', () => box.close(), {once: true}); // signed out: nothing of it stays on the screen
  box.redraw();
  element.showModal();
  return box;
}

export function sure({title, text, yes = t('dialog.yes'), danger = false}) {
  return new Promise((closed) => {
    openDialog({title, closed: (result) => closed(!!result), view: (box) => html`
      <p>${text}</p>
      <div class="actions"><button class="main ${danger ? 'danger' : ''}" @click=${() => box.close(true)}>${yes}</button>
        <button @click=${() => box.close()}>${t('dialog.cancel')}</button></div>`});
  });
}

export function formDialog({title, before = nothing, fields, values = {}, submit, ok, danger = false}) {
  return new Promise((closed) => {
    let box = null;
    const form = makeForm({fields, values, redraw: () => box && box.redraw(), submit, done: (answer) => box.close(answer ?? true)});
    box = openDialog({title, closed, view: (self) => html`${before}${form.view({ok, danger, more: html`<button type="button" @click=${() => self.close()}>${t('dialog.cancel')}</button>`})}`});
  });
}
