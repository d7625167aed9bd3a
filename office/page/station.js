// A page that rings has to prove that it sounds: on duty (duty-bar.js) and for calls (pages/calls-there.js).
//
// The desk asks `tone` (play it, then the clerk says whether they heard it) and `prove` (answer once the audio clock has
// moved). It decides who is there; this only answers. After a broken line the page takes its place again by a secret
// that the desk gave it.
import {openDialog} from './dialog.js';
import {html, nothing} from './html.js';
import * as live from './live.js';
import {audible, proveClock, testTone, unlock, watchRing} from './ring.js';
import {addWords, t} from './words.js';

addWords({
  'why.silent': ['页面的声音被阻止', 'the page\u2019s sound is blocked'],
  'why.hidden': ['页面在后台,没有按时证明能响铃', 'the hidden page did not prove in time that it rings'],
  'why.stopped': ['页面没有回应', 'the page does not answer'],
  'why.closed': ['页面已关闭或连接中断', 'the page is closed or its line broke'],
  'why.left': ['主动结束', 'went off duty'],
  'why.restarted': ['值班台重新启动', 'the desk was started anew'],
  'why.again': ['重新试音', 'tested again'],
  'tone.title': ['试音', 'Test tone'],
  'tone.playing': ['正在播放试音,请听…', 'Playing the tone, listen…'],
  'tone.ask': ['听到三声上升的铃声了吗?', 'Did you hear three rising tones?'],
  'tone.yes': ['我听到了', 'I heard it'],
  'tone.again': ['再放一次', 'Play it again'],
  'tone.no': ['没有声音:请检查音量、静音键和音箱,再放一次。', 'No sound: check the volume, the mute key and the loudspeaker, then play it again.'],
  'tone.blocked': ['浏览器不让这个页面发声。请点地址栏左边的图标,允许“声音”,再试一次。', 'The browser does not let this page sound. Allow sound by the icon left of the address, then try again.'],
  'tone.line': ['与服务器的连接断开,请稍后再试。', 'The line to the server is gone, try again in a moment.'],
});

export const reason = (code) => t(`why.${code}`);

const visible = () => document.visibilityState === 'visible';

// `topic`: where it is spoken of; `kept`: under which name the secret stays; `may()`: whether this person takes part at
// all; `taken()`: the desk has taken the page whose tone was heard; `changed()`: `on` or `why` may be another.
export function makeStation({topic, kept, may, title, waits = 'tone.playing', test = () => ({}), taken = () => {}, changed}) {
  let on = false, why = '', box = null, tone = null;
  const say = (word) => live.say(topic, word);
  const proof = (n, sounds) => say({do: 'proof', n, audible: sounds, visible: visible()});

  document.addEventListener('visibilitychange', () => { if (on) proof(0, audible()); });
  watchRing(() => { if (on && !audible()) proof(0, false); });
  for (const kind of ['pointerdown', 'keydown']) {
    // A page that was loaded anew may sound only after the person did something on it.
    document.addEventListener(kind, () => { if (!on && may() && sessionStorage.getItem(kept)) unlock().then(resume); }, {passive: true});
  }

  function resume() {
    const key = sessionStorage.getItem(kept);
    if (key && !on && audible()) say({do: 'resume', key, audible: true, visible: visible()});
  }

  async function ask() {
    show('wait');
    if (!await unlock()) { show('blocked'); return; }
    if (!say({do: 'test', ...test(visible())})) show('line');
  }

  async function play(n) {
    if (!tone) return;
    tone.n = n;
    show('playing');
    const sounded = await testTone();
    if (tone) show(sounded ? 'ask' : 'blocked');
  }

  function show(next) {
    if (!tone) return;
    tone.state = next;
    if (box) box.redraw();
  }

  function became(word) {
    on = word.you === 'on';
    why = on ? '' : word.why;
    if (on) sessionStorage.setItem(kept, word.key); else sessionStorage.removeItem(kept);
    if (on && box) { box.close(); taken(); }
  }

  const heard = () => say({do: 'heard', n: tone.n, audible: audible(), visible: visible()});
  const view = (self) => html`
    <p class=${['blocked', 'line'].includes(tone.state) ? 'bad' : 'big'} role="status">${t(tone.state === 'wait' ? waits : `tone.${tone.state}`)}</p>
    <div class="actions">
      <button class="main large" ?disabled=${tone.state !== 'ask'} @click=${heard}>${t('tone.yes')}</button>
      <button ?disabled=${['playing', 'wait'].includes(tone.state)} @click=${ask}>${t('tone.again')}</button>
      <button class="quiet" @click=${() => self.close()}>${t('dialog.cancel')}</button>
    </div>
    ${tone.state === 'ask' ? html`<p class="hint">${t('tone.no')}</p>` : nothing}`;

  return {
    get on() { return on; },
    get why() { return why; },
    say, resume,
    forget() { on = false; why = ''; },
    lineGone() { if (on) why = 'closed'; on = false; },
    // A word of the desk to this page; what it is not about is left alone.
    hear(word) {
      if (word.ask === 'prove') proveClock().then((sounds) => proof(word.n, sounds));
      else if (word.ask === 'tone') play(word.n);
      else if (word.you) { became(word); changed(); }
    },
    begin() {
      tone = {state: 'wait', n: 0};
      box = openDialog({title: t(title), view, closed: () => { box = null; tone = null; }});
      return ask();
    },
    leave() {
      sessionStorage.removeItem(kept);
      say({do: 'leave'});
    },
  };
}
