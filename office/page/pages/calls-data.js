// What page and kiosk tell each other inside a call, on its data channel: words, what to show, one still and what is circled on it.
// The shapes stand in sync/contract/call_data.py. Nothing of it is kept: it is gone with the call.
const MOST_TEXT = 500, MOST_STILL = 2 * 1024 * 1024, MOST_EDGE = 8000, MOST_LINES = 60;
export const MOST_MARKS = 20, MOST_POINTS = 64;
// What was said lately is said again on the next leg, because a dead one took it along. Words have a number by which
// the kiosk knows them; a guide that the resident put away long since shall not come back.
const WORDS_AGAIN_MS = 60000, AGAIN_MS = 15000, MOST_AGAIN = 20;
const ASK_MS = 12000, NOTHING = {state: 'none', url: '', width: 0, height: 0, part: 0, marks: []};
const CANNOT = ['camera', 'guide', 'busy'];

// `send(text)` gives false when the channel does not stand; `changed(what)` is called after every change: 'text', 'still', 'show'.
export function makeTalk({send, changed}) {
  let lines = [], still = NOTHING, coming = null, timer = 0, shown = '', trouble = '', said = [];
  const lately = () => said.filter(({message, at}) => Date.now() - at < (message.type === 'text' ? WORDS_AGAIN_MS : AGAIN_MS)).slice(-MOST_AGAIN);
  function say(message) {
    if (!send(JSON.stringify(message))) return false;
    if (message.type !== 'still-ask') said = [...lately(), {message, at: Date.now()}];
    return true;
  }
  const tell = (what) => changed(what);

  function hear(data) {
    if (data instanceof ArrayBuffer) { piece(data); return; }
    let message = null;
    try { message = JSON.parse(data); } catch { return; }
    if (!message || typeof message !== 'object') return;
    if (message.type === 'text' && typeof message.text === 'string') line('kiosk', message.text);
    else if (message.type === 'still-begin') begin(message);
    else if (message.type === 'still-end') { away(); tell('still'); }
    else if (message.type === 'cannot' && CANNOT.includes(message.what)) cannot(message.what);
  }

  function line(from, text) {
    lines = [...lines, {from, text: text.slice(0, MOST_TEXT), at: Date.now()}].slice(-MOST_LINES);
    tell('text');
  }

  function cannot(what) {
    trouble = what;
    if (what === 'guide') shown = '';
    else if (still.state === 'asked' || still.state === 'coming') away();
    tell(what === 'guide' ? 'show' : 'still');
  }

  function begin({still: id, width, height, bytes, sha256}) {
    const whole = [width, height, bytes].every((one) => Number.isInteger(one) && one > 0);
    if (still.state !== 'asked' || typeof id !== 'string' || !whole || bytes > MOST_STILL || Math.max(width, height) > MOST_EDGE) return;
    coming = {id, width, height, bytes, sha256, got: 0, parts: []};
    still = {...NOTHING, state: 'coming', width, height};
    tell('still');
  }

  function piece(data) {
    if (!coming || coming.got + data.byteLength > coming.bytes) return;
    coming.parts.push(data);
    coming.got += data.byteLength;
    still = {...still, part: coming.got / coming.bytes};
    if (coming.got === coming.bytes) whole(coming);
    tell('still');
  }

  async function whole(picture) {
    coming = null;
    const blob = new Blob(picture.parts, {type: 'image/jpeg'});
    const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
    const text = [...new Uint8Array(hash)].map((one) => one.toString(16).padStart(2, '0')).join('');
    if (still.state !== 'coming') return; // put away meanwhile
    clearTimeout(timer);
    if (text !== picture.sha256) { cannot('camera'); return; }
    still = {...NOTHING, state: 'here', url: URL.createObjectURL(blob), width: picture.width, height: picture.height, id: picture.id};
    tell('still');
  }

  function away() {
    clearTimeout(timer);
    if (still.url) URL.revokeObjectURL(still.url);
    coming = null;
    still = NOTHING;
  }

  return {
    hear,
    get lines() { return lines; },
    get still() { return still; },
    get shown() { return shown; },
    get trouble() { return trouble; },

    text(words) {
      const text = words.trim().slice(0, MOST_TEXT);
      if (!text || !say({type: 'text', text, n: Date.now()})) return false;
      line('me', text);
      return true;
    },

    show(guide, card = 0) {
      if (!say({type: 'show', guide, card})) return false;
      shown = guide; trouble = '';
      tell('show');
      return true;
    },

    ask() {
      if (!say({type: 'still-ask'})) { cannot('busy'); return false; }
      away();
      trouble = '';
      still = {...NOTHING, state: 'asked'};
      timer = setTimeout(() => cannot('busy'), ASK_MS);
      tell('still');
      return true;
    },

    putAway() {
      say({type: 'still-end'});
      away();
      tell('still');
    },

    // Points are shares of width and height; the same id again replaces.
    mark(id, points) {
      if (still.state !== 'here' || id >= MOST_MARKS || !say({type: 'mark', mark: id, points: thinned(points)})) return false;
      still = {...still, marks: [...still.marks.filter((one) => one.id !== id), {id, points: thinned(points)}]};
      tell('still');
      return true;
    },

    unmark() {
      say({type: 'unmark'});
      still = {...still, marks: []};
      tell('still');
    },

    // Takes the last one back: all away, and the others again.
    undo() {
      const rest = still.marks.slice(0, -1);
      say({type: 'unmark'});
      rest.forEach((one) => say({type: 'mark', mark: one.id, points: one.points}));
      still = {...still, marks: rest};
      tell('still');
    },

    // A new leg has a new channel: half a picture never becomes whole.
    anew() { if (still.state === 'asked' || still.state === 'coming') cannot('busy'); },
    // It stands: what the kiosk has already it knows by its number.
    again() { lately().forEach(({message}) => send(JSON.stringify(message))); },
    close() { away(); lines = []; said = []; shown = ''; trouble = ''; },
  };
}

const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10000) / 10000;

// At most so many points as the other end takes, evenly along the line; the first and the last stay.
export function thinned(points) {
  const last = points.length - 1, most = Math.min(last, MOST_POINTS - 1);
  const kept = most <= 0 ? points.slice(0, 1) : Array.from({length: most + 1}, (_, n) => points[Math.round((n * last) / most)]);
  return kept.map(([x, y]) => [share(x), share(y)]);
}
