// What changes, as it changes. When the line is gone the page says so, tries again, and loads anew when it is back.
const SILENT_MS = 12500; // three beats of the desk
const listeners = new Map();
let socket = null, heardAt = 0, wanted = false, wait = 500, state = 'off';
const watchers = new Set();

// Call `hear(data)` for a topic; returns what ends it.
export function on(topic, hear) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(hear);
  return () => listeners.get(topic).delete(hear);
}

// Call `see(state)` when the line changes: 'up', 'down' or 'off'. 'up' means: load anew.
export function watch(see) {
  watchers.add(see);
  see(state);
  return () => watchers.delete(see);
}

// Tell the desk something; false when there is no line.
export function say(topic, data) {
  if (state !== 'up') return false;
  socket.send(JSON.stringify({topic, data}));
  return true;
}

export function start() {
  wanted = true;
  open();
}

export function stop() {
  wanted = false;
  if (socket) socket.close();
  become('off');
}

function become(next) {
  if (state === next) return;
  state = next;
  watchers.forEach((see) => see(state));
}

function open() {
  if (!wanted || (socket && socket.readyState < 2)) return;
  socket = new WebSocket(`wss://${location.host}/live`);
  const mine = socket;
  socket.onopen = () => { heardAt = Date.now(); wait = 500; become('up'); };
  socket.onmessage = (event) => {
    heardAt = Date.now();
    const {topic, data} = JSON.parse(event.data);
    (listeners.get(topic) || []).forEach((hear) => hear(data));
  };
  socket.onclose = () => {
    if (mine !== socket || !wanted) return;
    become('down');
    setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 5000);
  };
}

setInterval(() => {
  if (wanted && state === 'up' && Date.now() - heardAt > SILENT_MS) {
    const old = socket;
    socket = null;
    old.close();
    become('down');
    open();
  }
}, 1000);
