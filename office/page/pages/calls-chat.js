// Words in big letters on the kiosk's screen, and what was tapped there.
import {html, repeat} from '../html.js';
import {t} from '../words.js';
import {PHRASES} from './calls-words.js';

export function makeChat(talk, ctx) {
  let count = 0;
  const send = (words) => {
    const sent = talk().text(words);
    if (!sent && words.trim()) ctx.toast(t('call.noChannel'), 'bad');
    return sent;
  };
  const submit = (event) => {
    event.preventDefault();
    const box = event.target.elements.words;
    if (send(box.value)) box.value = '';
    box.focus();
  };
  // The newest line is in sight, as in every conversation.
  const follow = () => {
    const {lines} = talk();
    if (lines.length === count) return;
    count = lines.length;
    const list = document.getElementById('call-lines');
    if (list) list.scrollTop = list.scrollHeight;
  };

  return {
    view(talks) {
      requestAnimationFrame(() => talk() && follow());
      return html`<section class="card chat"><h2>${t('call.chat')}</h2>
        <div id="call-lines" class="said-lines" role="log" tabindex="0" aria-label=${t('call.chat')}><ol>${repeat(talk().lines, (one, n) => `${one.at}-${n}`, (one) => html`<li class=${one.from}><span class="hint">${t(one.from === 'me' ? 'call.me' : 'call.they')}</span> <span class="big">${one.text}</span></li>`)}</ol></div>
        <form class="chat-form" @submit=${submit}><label class="unseen" for="call-words">${t('call.chatWrite')}</label><input id="call-words" name="words" maxlength="500" autocomplete="off" placeholder=${t('call.chatHint')}><button class="main" ?disabled=${!talks}>${t('call.send')}</button></form>
        <div class="phrases" role="group" aria-label=${t('call.quick')}>${PHRASES.map((one) => html`<button ?disabled=${!talks} @click=${() => send(t(`call.p.${one}`))}>${t(`call.p.${one}`)}</button>`)}</div>
      </section>`;
    },
  };
}
